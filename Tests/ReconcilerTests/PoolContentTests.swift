import Reconciler
import Spec
import TestNames
import TestTools
import Testing

/// Pools that take some things only: where images and disks go.
@Suite("The content of pools") struct PoolContentTests {
    private static func spec(
        fast: String = "[disks]", pool: String = "fast", node: String = "kvm1", more: String = ""
    ) -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        pools:
          fast: {path: /data/vm, content: \(fast)}
          library: {path: /data/library, content: [images, iso]}
          local: {path: /var/lib/libvirt/images, content: [disks]}
        images: {disk: {source: disk.qcow2}}
        instances:
          db: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: \(pool), node: \(node), power: off, ready: running}
        """
    }

    /// Applies specs one after another; each leaves nothing to do.
    private static func applied(_ specs: [String]) async throws -> FakeFleet {
        let nodes = ["kvm1", "kvm2"].map { text in
            var node = FakeNode(name(text))
            node.folders.formUnion(["/data/vm", "/data/library"])
            return node
        }
        let fleet = FakeFleet(ClusterIdentity(try cluster(specs[0])), nodes)
        for text in specs {
            _ = try await apply(text, on: fleet)
            let rest = try plan(text, on: fleet)
            #expect(rest.isEmpty, "\(rest.changes)")
        }
        return fleet
    }

    private static func plan(
        _ text: String, on fleet: FakeFleet, _ intent: Intent = .apply(deleteData: false)
    ) throws -> Plan {
        let cluster = try cluster(text)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent).isEmpty)
        return plan
    }

    private static func apply(
        _ text: String, on fleet: FakeFleet, _ intent: Intent = .apply(deleteData: false)
    ) async throws -> Plan {
        let plan = try plan(text, on: fleet, intent)
        #expect(plan.refusals.isEmpty, "\(plan.refusals)")
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for (step, outcome) in report.outcomes where !outcome.isSuccess { Issue.record("\(step.id): \(outcome)") }
        #expect(fleet.unexpected.isEmpty)
        return plan
    }

    /// The folders of the base image and of the root disk, and of what the disk stands on.
    private static func places(_ fleet: FakeFleet, on node: String) -> [String] {
        let files = fleet.nodes[name(node)]?.files ?? [:]
        let base = files.keys.first { $0.contains("/kvmctl-") } ?? "none/"
        let root = files.keys.first { $0.contains(".root.") } ?? "none/"
        let below = files[root]?.backingPath ?? "none/"
        return [base, root, below].map { path in String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)) }
    }

    @Test("An image goes where images are taken, and the root disk stands on it there")
    func made() async throws {
        let fleet = try await Self.applied([Self.spec()])
        #expect(Self.places(fleet, on: "kvm1") == ["/data/library", "/data/vm", "/data/library"])
        #expect(fleet.nodes[name("kvm1")]?.pools.map(\.path).sorted() == ["/data/library", "/data/vm"])
    }

    @Test("Where the disk's own pool takes images, it has the image")
    func own() async throws {
        let fleet = try await Self.applied([Self.spec(fast: "[disks, images]")])
        #expect(Self.places(fleet, on: "kvm1") == ["/data/vm", "/data/vm", "/data/vm"])
    }

    @Test("A disk that moves to another pool or node finds its image where that has it")
    func moved() async throws {
        let pools = try await Self.applied([Self.spec(), Self.spec(pool: "local"), Self.spec()])
        #expect(Self.places(pools, on: "kvm1") == ["/data/library", "/data/vm", "/data/library"])
        let nodes = try await Self.applied([Self.spec(), Self.spec(node: "kvm2")])
        #expect(Self.places(nodes, on: "kvm2") == ["/data/library", "/data/vm", "/data/library"])
        // The spec has the image still, so that it stays for whoever comes back.
        #expect(Self.places(nodes, on: "kvm1") == ["/data/library", "none", "none"])
    }

    @Test("A pool that no longer takes images keeps the one that a disk stands on there")
    func narrowed() async throws {
        let fleet = try await Self.applied([Self.spec(fast: "[disks, images]"), Self.spec()])
        #expect(Self.places(fleet, on: "kvm1") == ["/data/vm", "/data/vm", "/data/vm"])
    }

    @Test("Images that are brought by name go where their instances look for them")
    func pulled() throws {
        let cluster = try cluster(Self.spec())
        let observed = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))]).observe(cluster)
        let steps = ImageSteps(cluster, observed, on: [name("kvm1")]).bring(inputs(cluster).images)
        let paths = steps.compactMap { step in
            if case .storage(.fetchImage(let fetch)) = step.operation { fetch.path } else { nil }
        }
        #expect(paths.count == 1 && paths.allSatisfy { $0.hasPrefix("/data/library/") }, "\(paths)")
    }

    @Test("A base image that somebody deleted comes back where the disk stands on it, whatever its pool takes by now")
    func restored() async throws {
        let fleet = try await Self.applied([Self.spec(fast: "[disks, images]"), Self.spec()])
        let path = try #require(fleet.nodes[name("kvm1")]?.files.keys.first { $0.contains("/kvmctl-") })
        #expect(path.hasPrefix("/data/vm/"))
        fleet.edit { $0[name("kvm1")]?.files[path] = nil }
        _ = try await Self.apply(Self.spec(), on: fleet)
        #expect(fleet.nodes[name("kvm1")]?.files[path] != nil)
        #expect(try Self.plan(Self.spec(), on: fleet).isEmpty)
    }

    @Test("Nothing is brought into the empty folder of a library that is not mounted: it is started, and has it")
    func hidden() async throws {
        let spec = Self.spec().replacing(
            "library: {path: /data/library",
            with: "library: {type: fs, device: /dev/vdb, format: ext4, path: /data/library")
        let fleet = try await Self.applied([spec])
        let path = try #require(fleet.nodes[name("kvm1")]?.files.keys.first { $0.contains("/kvmctl-") })
        let seen = fleet.observe(try cluster(spec))
        guard case .answered(var node) = seen.nodes[name("kvm1")] else { return }
        node.volumes[path] = nil
        node.pools = node.pools.map { pool in
            var pool = pool
            if pool.path == "/data/library" { pool.isActive = false }
            return pool
        }
        var hidden = seen
        hidden.nodes[name("kvm1")] = .answered(node)
        let on = try cluster(spec.replacing("power: off", with: "power: on"))
        let plan = Planner.plan(on, inputs: inputs(on), fleet: hidden, intent: .apply(deleteData: false))
        #expect(!plan.steps.contains { if case .storage(.fetchImage) = $0.operation { true } else { false } })
        let pool = try #require(
            plan.steps.first { if case .storage(.ensurePool) = $0.operation { true } else { false } })
        let start = try #require(plan.steps.first { $0.id.text.hasSuffix("/start") })
        #expect(start.requires.contains(pool.id), "\(start)")
    }

    @Test("An instance goes where its image can be, and one that is there stays")
    func nowhere() async throws {
        let text = Self.spec().replacing(
            "kvm2: {address: 10.0.0.2}",
            with: "kvm2: {address: 10.0.0.2, pools: {library: {path: /data/library, content: [iso]}}}")
        let fleet = try await Self.applied([text])
        let free = text.replacing(", node: kvm1", with: "")
        let plan = try Self.plan(free, on: fleet)
        #expect(plan.isEmpty, "\(plan.changes)")
        let two =
            free + "\n  c: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: fast, power: off, ready: running}"
        _ = try await Self.apply(two, on: fleet)
        #expect(fleet.nodes[name("kvm1")]?.domains.count == 2)
    }

    @Test("A root disk that is there when its domain is made anew waits for the image that it stands on")
    func remade() async throws {
        let fleet = try await Self.applied([Self.spec()])
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid] = nil
            }
        }
        let path = try #require(fleet.nodes[name("kvm1")]?.files.keys.first { $0.contains("/kvmctl-") })
        fleet.edit { $0[name("kvm1")]?.files[path] = nil }
        let plan = try Self.plan(Self.spec(), on: fleet)
        let fetch = try #require(
            plan.steps.first { if case .storage(.fetchImage) = $0.operation { true } else { false } })
        let finish = try #require(plan.steps.first { $0.id.text.hasSuffix("/finish") })
        #expect(finish.requires.contains(fetch.id), "\(finish)")
    }
}

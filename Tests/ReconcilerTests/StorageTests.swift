import Reconciler
import Spec
import TestNames
import Testing

/// What a node's folders show, and what that lets anybody conclude.
@Suite struct StorageTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        pools: {data: {type: dir, path: /data/vm}, nfs: {type: dir, path: /nfs, shared: true}}
        images: {disk: {source: disk.qcow2}}
        instances:
          one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1}
        """
    /// The same where its instance has more.
    private static func spec(_ more: String) -> String { spec.replacing("node: kvm1}", with: "node: kvm1\(more)}") }

    private static let kept = "/data/vm/demo.gone.data.qcow2"

    /// A node that remembers a kept disk in the data pool, in a folder that had kvmctl's mark then.
    private static func node(
        _ state: ObservedFolder.State = .listed, id: String? = nil, wasMarked: Bool = true
    ) throws -> ObservedNode {
        var node = try emptyNode("kvm1")
        node.folders["/data/vm"] = ObservedFolder(path: "/data/vm", state: state, id: id)
        node.roster = Roster(
            cluster: identity, generation: 3,
            nodes: [name("kvm1"): .init(machine: node.machine, markedFolders: wasMarked ? ["/data/vm"] : [])],
            instances: [:],
            keptDisks: [
                .init(instance: name("gone"), disk: name("data"), part: .main, node: name("kvm1"), path: kept)
            ])
        return node
    }

    private static let identity = ClusterIdentity(name: name("demo"))

    @Test("an empty place where disks should be is a file system that is not mounted, unless kvmctl's mark is in it")
    func emptyFolder() throws {
        let problem = try #require(try Self.node().storageProblem(for: Self.identity))
        #expect(problem.cause == .storage)
        #expect(
            problem.summary
                == "\(Self.kept) should be on kvm1, but the folder /data/vm does not contain them: its file system may not "
                + "be mounted")
        #expect(
            problem.remedy.contains(
                "mkdir -p /data/vm/.kvmctl && cat /proc/sys/kernel/random/uuid >/data/vm/.kvmctl/id"))
        #expect(try Self.node(.absent).storageProblem(for: Self.identity)?.summary.contains("does not exist") == true)
        #expect(try Self.node(id: "a").storageProblem(for: Self.identity) == nil)
        var there = try Self.node()
        there.volumes[Self.kept] = ObservedVolume(path: Self.kept, capacity: .gibibytes(1))
        #expect(there.storageProblem(for: Self.identity) == nil)
        #expect(try Self.node().storageProblem(for: ClusterIdentity(name: name("other"))) == nil)
    }

    @Test("a folder that cannot be listed hides anything, whether or not something is expected in it")
    func unreadable() throws {
        var node = try emptyNode("kvm1")
        node.folders["/nfs"] = ObservedFolder(path: "/nfs", state: .unreadable("Stale file handle"), id: "a")
        let problem = node.storageProblem(for: Self.identity)
        #expect(problem?.summary == "the folder /nfs on kvm1 cannot be read: Stale file handle")
    }

    @Test("a kept disk is forgotten only where its folder was surely seen")
    func forgetting() throws {
        let cluster = try cluster(Self.spec)
        func kept(_ node: ObservedNode) -> [Roster.KeptDisk]? {
            let seen = node.storageProblem(for: Self.identity).map { NodeObservation.unknown($0) } ?? .answered(node)
            let other = NodeObservation.answered((try? emptyNode("kvm2")) ?? node)
            var fleet = ObservedFleet(nodes: [name("kvm1"): seen, name("kvm2"): other])
            if case .answered(var second) = other {
                second.roster = node.roster
                fleet.nodes[name("kvm2")] = .answered(second)
            }
            let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet)
            return plan.steps.compactMap { step -> [Roster.KeptDisk]? in
                if case .roster(.write(let roster)) = step.operation { roster.keptDisks } else { nil }
            }.last
        }
        #expect(try kept(Self.node(id: "a")) == [])
        for node in [try Self.node(), try Self.node(.absent), try Self.node(.unreadable("no"), id: "a")] {
            #expect(kept(node).map { !$0.isEmpty } ?? true)
        }
    }

    @Test(
        "a kept disk that is gone from a folder which never had kvmctl's mark is told, stays on record, and is not made anew"
    )
    func doubt() throws {
        let node = try Self.node(wasMarked: false)
        #expect(node.storageProblem(for: Self.identity) == nil)
        #expect(try Self.node(.absent, wasMarked: false).storageProblem(for: Self.identity) != nil)
        let empty = try cluster(Self.spec)
        let seen = fleet(node, try emptyNode("kvm2"))
        let plan = Planner.plan(empty, inputs: inputs(empty), fleet: seen)
        #expect(
            plan.notes.contains(
                "data disk data of gone should be on kvm1 at \(Self.kept), and its record is kept: the folder /data/vm contains no "
                    + "kept disks and has no kvmctl mark: its file system may not be mounted. Mount it there, or confirm on "
                    + "kvm1 that they are gone for good: mkdir -p /data/vm/.kvmctl && cat /proc/sys/kernel/random/uuid >/data/vm/.kvmctl/id"
            ))
        let rosters = plan.steps.compactMap { step in
            if case .roster(.write(let roster)) = step.operation { roster.keptDisks.map(\.path) } else { nil }
        }
        #expect(!rosters.isEmpty && rosters.allSatisfy { $0 == [Self.kept] })
        #expect(PlanChecker.violations(in: plan, of: empty, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        let back = try cluster(
            Self.spec
                + "\n  gone: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, disks: {data: {size: 1GiB, pool: data}}}"
        )
        let refused = Planner.plan(back, inputs: inputs(back), fleet: seen)
        #expect("\(refused.refusals)".contains("its disk data was kept at \(Self.kept), but the folder /data/vm"))
        #expect(
            !refused.steps.contains { step in
                if case .storage(.createVolume(let volume)) = step.operation { volume.path == Self.kept } else { false }
            })
    }

    @Test("the roster says which folders have kvmctl's mark, and had it")
    func markedFolders() throws {
        var node = try Self.node(id: "a")
        node.volumes[Self.kept] = ObservedVolume(path: Self.kept, capacity: .gibibytes(1))
        node.roster?.nodes[name("kvm1")]?.markedFolders = ["/old"]
        let cluster = try cluster(Self.spec)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(node, try emptyNode("kvm2")))
        let folders = plan.steps.compactMap { step in
            if case .roster(.write(let roster)) = step.operation {
                roster.nodes[name("kvm1")]?.markedFolders
            } else {
                nil
            }
        }
        #expect(!folders.isEmpty && folders.allSatisfy { $0 == ["/data/vm", "/old"] })
    }

    /// Two nodes that share a pool beside their own, with an instance on the first.
    private static func applied(_ disks: String) async throws -> FakeFleet {
        let cluster = try cluster(spec(disks))
        let nodes = ["kvm1", "kvm2"].map { text in
            var node = FakeNode(name(text))
            node.folders.formUnion(["/data/vm", "/nfs"])
            return node
        }
        let fleet = FakeFleet(ClusterIdentity(cluster), nodes)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        return fleet
    }

    @Test(
        "a run that ends anywhere while it adds a disk in another pool leaves a node that can be seen, and the next one ends it"
    )
    func halfAdded() async throws {
        let before = try await Self.applied("")
        let wanted = try cluster(Self.spec(", disks: {log: {size: 1GiB, pool: data}}"))
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: before.observe(wanted))
        let edit = try #require(plan.steps.first { $0.id.text.hasSuffix("/edit") })
        #expect(edit.requires.contains(StepID("kvm1/pool/data/ensure")))
        for step in plan.steps.indices {
            for kind in [Fault.Kind.failed, .killed, .killedAfterEffect] {
                let fleet = before.copy
                fleet.begin(Fault(kind: kind, step: step))
                _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
                fleet.begin()
                let seen = fleet.observe(wanted)
                guard case .answered = seen.nodes[name("kvm1")] else {
                    Issue.record("\(kind) at \(plan.steps[step].id): kvm1 is unknown")
                    continue
                }
                let next = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
                _ = await Executor(drivers: fleet.drivers).run(next) { _ in }
                #expect(Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted)).isEmpty)
            }
        }
    }

    @Test("a disk that was made is expected where it is")
    func madeDisk() async throws {
        let fleet = try await Self.applied(", disks: {log: {size: 1GiB, pool: data}}")
        fleet.edit { $0[name("kvm1")]?.unmounted = ["/data/vm"] }
        let cluster = try cluster(Self.spec)
        guard case .unknown(let problem) = fleet.observe(cluster).nodes[name("kvm1")] else {
            Issue.record("kvm1 is seen")
            return
        }
        #expect(problem.cause == .storage)
    }

    @Test("a data disk on shared storage stays while a node that shares it is silent", arguments: [false, true])
    func unreachableSharer(isKept: Bool) async throws {
        let fleet = try await Self.applied(", disks: {log: {size: 1GiB, pool: nfs}}")
        let empty = try cluster(
            Self.spec.replacing("one: {", with: "two: {").replacing("node: kvm1", with: "node: kvm2, power: off"))
        func plan(_ deleteData: Bool) -> Plan {
            let seen = fleet.observe(empty)
            let intent = Intent.apply(deleteData: deleteData)
            let plan = Planner.plan(empty, inputs: inputs(empty), fleet: seen, intent: intent)
            #expect(PlanChecker.violations(in: plan, of: empty, fleet: seen, intent: intent).map(\.description) == [])
            return plan
        }
        if isKept { _ = await Executor(drivers: fleet.drivers).run(plan(false)) { _ in } }
        fleet.edit { $0[name("kvm2")]?.isUnreachable = true }
        let disk = "/nfs/demo.one.log.qcow2"
        func deletes(_ plan: Plan) -> Bool {
            plan.steps.contains { step in
                if case .storage(.deleteVolume(let path, _)) = step.operation { path == disk } else { false }
            }
        }
        let held = plan(true)
        #expect(!deletes(held))
        let texts = held.changes.flatMap(\.details) + held.notes
        #expect(
            texts.contains {
                $0.contains(disk) && $0.hasSuffix("kvm2 shares its folder, does not answer, and may use it")
            })
        fleet.edit { $0[name("kvm2")]?.isUnreachable = false }
        #expect(deletes(plan(true)))
    }

    /// Two nodes with a file in a folder, which they share or not.
    private static func twoNodes(ids: [String?], folder: String, _ path: String) throws -> ObservedFleet {
        var nodes: [Name: NodeObservation] = [:]
        for (name, id) in zip([name("kvm1"), name("kvm2")], ids) {
            var node = try emptyNode(name.text)
            node.folders[folder] = ObservedFolder(path: folder, state: .listed, id: id)
            node.volumes[path] = ObservedVolume(path: path, capacity: .gibibytes(1))
            nodes[name] = .answered(node)
        }
        return ObservedFleet(nodes: nodes)
    }

    private static let image = "/nfs/kvmctl-\(String(repeating: "a", count: 64)).qcow2"

    private static func deletedImages(_ fleet: ObservedFleet, pool: String = "/nfs") throws -> [String] {
        let cluster = try cluster(
            spec.replacing("path: /nfs, shared: true", with: "path: \(pool)\(pool == "/nfs" ? ", shared: true" : "")"))
        return Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet).steps.compactMap { step in
            if case .storage(.deleteImage(let path, _)) = step.operation { "\(step.node)\(path)" } else { nil }
        }.sorted()
    }

    @Test("a base image on shared storage goes with the instances of both nodes, each of which sees the other's disks")
    func sharedImageGoes() async throws {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
            images: {disk: {source: disk.qcow2}}
            instances:
              a: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1}
              b: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm2}
            """
        let cluster = try cluster(text)
        let made = await FakeFleet.having(cluster, on: [name("kvm1"), name("kvm2")]).observe(cluster)
        var nodes: [Name: ObservedNode] = [:]
        for case .answered(let node) in made.nodes.values { nodes[node.name] = node }
        let volumes = nodes.values.reduce(into: [:]) { $0.merge($1.volumes) { first, _ in first } }
        var fleet = made
        for (name, node) in nodes {
            var node = node
            node.volumes = volumes
            node.folders[Pool.localPath] = ObservedFolder(path: Pool.localPath, state: .listed, id: "one")
            fleet.nodes[name] = .answered(node)
        }
        let intent = Intent.destroy(deleteData: true)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet, intent: intent)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: fleet, intent: intent).isEmpty)
        let deleted = plan.steps.compactMap { step -> Name? in
            if case .storage(.deleteImage) = step.operation { step.node } else { nil }
        }
        #expect(Set(deleted) == Set(nodes.keys))
    }

    @Test("what one node knows of an image holds for all that share its folder, and for no other")
    func sharedDigests() throws {
        let digest = try #require(Checksum(algorithm: .sha256, digest: String(repeating: "a", count: 64)))
        func node(_ text: String, _ folder: String, _ id: String) throws -> ObservedNode {
            var node = try emptyNode(text)
            node.folders = [folder: ObservedFolder(path: folder, state: .listed, id: id)]
            return node
        }
        var first = try node("kvm1", "/data", "one")
        first.imageDigests = ["/data/kvmctl-a.qcow2": [digest], "/elsewhere/b": [digest]]
        let seen = ObservedFleet(nodes: [
            name("kvm1"): .answered(first), name("kvm2"): .answered(try node("kvm2", "/srv", "one")),
            name("kvm3"): .answered(try node("kvm3", "/data", "two")),
        ])
        func known(_ text: String) -> [String: Set<Checksum>]? {
            if case .answered(let node)? = seen.nodes[name(text)] { node.imageDigests } else { nil }
        }
        #expect(known("kvm1") == first.imageDigests)
        #expect(known("kvm2") == ["/srv/kvmctl-a.qcow2": [digest]])
        #expect(known("kvm3") == [:])
    }

    @Test("a base image on shared storage stays while a machine of another node uses it, or that node is silent")
    func sharedImage() throws {
        var fleet = try Self.twoNodes(ids: [nil, nil], folder: "/nfs", Self.image)
        #expect(try Self.deletedImages(fleet) == ["kvm1\(Self.image)", "kvm2\(Self.image)"])
        guard case .answered(var second) = fleet.nodes[name("kvm2")] else { return }
        let overlay = "/var/lib/libvirt/images/somebodys.qcow2"
        second.volumes[overlay] = ObservedVolume(path: overlay, capacity: .gibibytes(1), backingPath: Self.image)
        fleet.nodes[name("kvm2")] = .answered(second)
        #expect(try Self.deletedImages(fleet) == [])
        fleet.nodes[name("kvm2")] = .unknown(Unreachable(cause: .timeout, summary: "no answer", remedy: "look"))
        #expect(try Self.deletedImages(fleet) == [])
    }

    @Test("an image that nothing uses stays where the spec keeps it, or another cluster's")
    func keptImage() throws {
        let path = Self.image
        let own = ImageKeeper(Self.identity, parts: [.main])
        var fleet = try Self.twoNodes(ids: [nil, nil], folder: "/nfs", path)
        let kept = Self.spec.replacing("source: disk.qcow2", with: "source: disk.qcow2, keep: true")
        let cluster = try cluster(kept)
        var inputs = inputs(cluster)
        let resolved = try #require(inputs.images.values.first)
        inputs.images[name("disk")] = Inputs.ResolvedImage(
            fileName: path.split(separator: "/").last.map(String.init) ?? "", virtualSize: resolved.virtualSize,
            byteCount: resolved.byteCount, checksum: nil)
        func steps(_ intent: Intent = .apply(deleteData: false)) -> [Reconciler.Operation] {
            // A destroy reads no image.
            let inputs = if case .apply = intent { inputs } else { Inputs() }
            return Planner.plan(cluster, inputs: inputs, fleet: fleet, intent: intent).steps.map(\.operation)
        }
        func keeps(_ operations: [Reconciler.Operation]) -> Int {
            operations.count {
                if case .storage(.fetchImage(let fetch)) = $0 {
                    fetch.markers == own.markers(of: fetch.path)
                } else {
                    false
                }
            }
        }
        #expect(keeps(steps()) >= 1, "other clusters are told")
        for node in [name("kvm1"), name("kvm2")] {
            guard case .answered(var observed) = fleet.nodes[node] else { continue }
            let file = own.markers(of: path)[0]
            observed.volumes[file] = ObservedVolume(path: file, capacity: Size(bytes: 0))
            fleet.nodes[node] = .answered(observed)
        }
        #expect(!steps().contains { if case .storage(.deleteImage) = $0 { true } else { false } })
        #expect(
            !steps(.destroy(deleteData: true)).contains { if case .storage(.deleteImage) = $0 { true } else { false } })
        // The spec has another one by now: what says that it is kept goes with it.
        #expect(try Self.deletedImages(fleet) == ["kvm1\(path)", "kvm2\(path)"])
        guard case .answered(var second) = fleet.nodes[name("kvm2")] else { return }
        let others = ImageKeeper(ClusterIdentity(name: name("other")), parts: [.main]).markers(of: path)[0]
        second.volumes[others] = ObservedVolume(path: others, capacity: Size(bytes: 0))
        fleet.nodes[name("kvm2")] = .answered(second)
        #expect(try Self.deletedImages(fleet) == [])
    }

    @Test("images are brought to the pools of their instances, and what nothing uses is pruned with what was cut off")
    func imageSteps() throws {
        let cluster = try cluster(Self.spec)
        let inputs = inputs(cluster)
        var fleet = try Self.twoNodes(ids: [nil, nil], folder: Pool.localPath, "\(Pool.localPath)/\(Self.imageName)")
        let part = "\(Pool.localPath)/kvmctl-\(String(repeating: "b", count: 64)).qcow2.part"
        guard case .answered(var first) = fleet.nodes[name("kvm1")] else { return }
        first.volumes[part] = ObservedVolume(path: part, capacity: .mebibytes(1))
        first.pools = []
        fleet.nodes[name("kvm1")] = .answered(first)
        func words(_ steps: [Step]) -> [String] { steps.map { "\($0.node): \($0.operation.words.item)" } }
        let steps = ImageSteps(cluster, fleet, on: [name("kvm1"), name("kvm2")])
        #expect(
            words(steps.bring(inputs.images)) == [
                "kvm1: prepare pool default at \(Pool.localPath)", "kvm1: fetch image disk",
                "kvm2: fetch image disk",
            ])
        let wanted = Set(inputs.images.values.map(\.fileName))
        #expect(
            words(ImageSteps(cluster, fleet, on: [name("kvm1")]).prune(except: wanted)) == [
                "kvm1: delete what is left of sending \(part.split(separator: "/").last?.dropLast(5) ?? "")",
                "kvm1: delete image \(Self.imageName)",
            ])
        #expect(words(steps.prune(except: [Self.imageName])).count == 1)
    }

    private static let imageName = "kvmctl-\(String(repeating: "a", count: 64)).qcow2"

    @Test("what kvmctl wrote into a folder tells that it is shared where the spec does not", arguments: [true, false])
    func sharedByMark(isShared: Bool) throws {
        let path = Self.image.replacing("/nfs", with: "/mnt")
        var fleet = try Self.twoNodes(ids: ["a", isShared ? "a" : "b"], folder: "/mnt", path)
        guard case .answered(var second) = fleet.nodes[name("kvm2")] else { return }
        var domain = ObservedDomain(
            uuid: UniqueID(derivedFrom: "foreign"), name: "foreign", power: .shutOff, autostart: false, mark: nil,
            vcpus: 1, memory: .gibibytes(1), fingerprint: "f")
        domain.disks = [.init(name: nil, path: path)]
        second.domains = [domain]
        fleet.nodes[name("kvm2")] = .answered(second)
        #expect(try Self.deletedImages(fleet, pool: "/mnt") == (isShared ? [] : ["kvm1\(path)"]))
    }

    @Test("a user counts by whatever name it has the file, and one that cannot be read may be a user")
    func names() throws {
        func node(_ change: (inout ObservedNode) -> Void) throws -> ObservedFleet {
            var node = try emptyNode("kvm1")
            node.volumes[Self.image] = ObservedVolume(path: Self.image, capacity: .gibibytes(1))
            node.volumes[Self.image]?.inode = "1:2"
            change(&node)
            return ObservedFleet(nodes: [
                name("kvm1"): .answered(node), name("kvm2"): .answered(try emptyNode("kvm2")),
            ])
        }
        #expect(try Self.deletedImages(node { _ in }) == ["kvm1\(Self.image)"])
        let linked = try node { node in
            node.volumes["/mnt/link.qcow2"] = ObservedVolume(path: "/mnt/link.qcow2", capacity: .gibibytes(1))
            node.volumes["/mnt/link.qcow2"]?.inode = "1:2"
            node.volumes["/srv/o"] = ObservedVolume(
                path: "/srv/o", capacity: .gibibytes(1), backingPath: "/mnt/link.qcow2")
        }
        #expect(try Self.deletedImages(linked) == [])
        let unread = try node { node in
            node.volumes["/nfs/x"] = ObservedVolume(path: "/nfs/x", capacity: .gibibytes(1))
            node.volumes["/nfs/x"]?.isUnread = true
        }
        #expect(try Self.deletedImages(unread) == [])
        let cluster = try cluster(Self.spec)
        #expect(
            Planner.plan(cluster, inputs: inputs(cluster), fleet: unread).notes.contains(
                "unused base images are kept on kvm1: /nfs/x cannot be read, so its backing file is unknown"
            ))
    }
}

import Reconciler
import Spec
import TestNames
import Testing

/// Worked by hand: 8 vCPU/4 GiB, 4/8 and 2/16, no overcommit, so that every share is a simple fraction.
@Suite struct PlacementTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes:
          a: {address: 10.0.0.1, capacity: {vcpus: 8, memory: 4GiB}, overcommit: {vcpus: 1, memory: 1}}
          b: {address: 10.0.0.2, capacity: {vcpus: 4, memory: 8GiB}, overcommit: {vcpus: 1, memory: 1}}
          c: {address: 10.0.0.3, capacity: {vcpus: 2, memory: 16GiB}, overcommit: {vcpus: 1, memory: 1}}
        images: {disk: {source: disk.qcow2}}
        instances:
          i01: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i02: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i03: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i04: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i05: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i06: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i07: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i08: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          i09: {image: disk, vcpus: 4, memory: 1GiB, disk: 3GiB}
          i10: {image: disk, vcpus: 1, memory: 8GiB, disk: 3GiB}
        """

    /// A score is 0.7 × the free CPU share + 0.3 × the free memory share, both after placing.
    ///
    /// i01  a 0.7·7/8+0.3·3/4=0.8375  b 0.7·3/4+0.3·7/8=0.7875  c 0.7·1/2+0.3·15/16=0.63125  → a
    /// i02  a 0.7·6/8+0.3·2/4=0.675   b 0.7875  c 0.63125                                     → b
    /// i03  a 0.675  b 0.7·2/4+0.3·6/8=0.575  c 0.63125                                       → a
    /// i04  a 0.7·5/8+0.3·1/4=0.5125  b 0.575  c 0.63125                                      → c
    /// i05  a 0.5125  b 0.575  c 0.7·0+0.3·14/16=0.2625                                       → b
    /// i06  a 0.5125  b 0.7·1/4+0.3·5/8=0.3625  c 0.2625                                      → a
    /// i07  a 0.7·4/8+0.3·0=0.35  b 0.3625  c 0.2625                                          → b
    /// i08  a 0.35  b 0.7·0+0.3·4/8=0.15  c 0.2625                                            → a
    /// i09  4 vCPUs: a has 4 and no memory, b 1, c 1                                          → nowhere
    /// i10  8 GiB: a 0, b 5 GiB, c 15 GiB: 0.7·0+0.3·7/16=0.13125                             → c
    @Test("Ten instances go where the hand-worked scores say")
    func workedNumbers() throws {
        let cluster = try cluster(Self.spec)
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet(try emptyNode("a"), try emptyNode("b"), try emptyNode("c")))
        let placed = plan.changes.filter { $0.object.kind == .instance }
            .map { "\($0.object.name) \($0.object.node?.text ?? "-") \($0.reason)" }
        #expect(
            placed == [
                "i01 a score 0.838, next b 0.788", "i02 b score 0.788, next a 0.675", "i03 a score 0.675, next c 0.631",
                "i04 c score 0.631, next b 0.575", "i05 b score 0.575, next a 0.513", "i06 a score 0.513, next b 0.363",
                "i07 b score 0.363, next a 0.350", "i08 a score 0.350, next c 0.263",
                "i10 c the only suitable node (score 0.131)",
            ])
        let refusal = try #require(plan.refusals.first)
        #expect(plan.refusals.count == 1)
        #expect(refusal.object.name == "i09")
        #expect(
            refusal.cause == """
                it cannot be placed: a: insufficient capacity: 0MiB of 4096MiB memory free; \
                b: insufficient capacity: 1 of 4 vCPUs free; c: insufficient capacity: 1 of 2 vCPUs free
                """)
        #expect(
            refusal.reason == """
                it cannot be placed: a: insufficient capacity: 0MiB of 4096MiB memory free, 1024MiB needed; \
                b: insufficient capacity: 1 of 4 vCPUs free, 4 needed; c: insufficient capacity: 1 of 2 vCPUs free, 4 needed
                """)
    }

    @Test("A node whose processors or folders are not fit for guests is passed over, with what to do")
    func unfitNodes() throws {
        let cluster = try cluster(of: "{one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}}", on: ["a", "b"])
        var arm = try emptyNode("a")
        arm.architecture = "aarch64"
        var closed = try emptyNode("b")
        closed.architecture = "x86_64"
        closed.folderProblems["/var/lib/libvirt/images"] =
            FolderProblem("QEMU runs as qemu, which has no access to /var/lib", remedy: "chmod o+x /var/lib")
        let refused = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(arm, closed))
        #expect(refused.steps.isEmpty)
        #expect(
            refused.refusals.map(\.reason) == [
                """
                it cannot be placed: a: its processors are aarch64, and the image disk is for x86_64; \
                b: pool local: QEMU runs as qemu, which has no access to /var/lib
                """
            ])
        #expect(refused.refusals.first?.remedy.contains("chmod o+x /var/lib") == true)
        closed.folderProblems = [:]
        let placed = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(arm, closed))
        #expect(placed.refusals.isEmpty)
        #expect(placed.changes.first { $0.object.kind == .instance }?.object.node?.text == "b")
    }

    @Test("An image's processors say which nodes its instances run on, and who is pinned to another is emulated there")
    func processors() throws {
        func spec(_ more: String = "") throws -> Cluster {
            try cluster(
                of: "{one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB\(more)}}", on: ["a", "b"],
                image: "{source: disk.qcow2, architecture: aarch64}")
        }
        func definition(_ plan: Plan) -> DomainDefinition? {
            plan.steps.lazy.compactMap { step in
                if case .domain(.define(let definition)) = step.operation { definition } else { nil }
            }.first
        }
        func place(_ plan: Plan) -> String? { plan.changes.first { $0.object.kind == .instance }?.object.node?.text }
        var (one, other) = (try emptyNode("a"), try emptyNode("b"))
        (one.architecture, other.architecture) = ("x86_64", "aarch64")
        (one.hasKVM, other.hasKVM) = (true, true)
        let anywhere = try spec()
        let placed = Planner.plan(anywhere, inputs: inputs(anywhere), fleet: fleet(one, other))
        #expect(placed.refusals.isEmpty && place(placed) == "b")
        let made = try #require(definition(placed))
        #expect(made.architecture == .aarch64 && made.hasKVM)
        #expect(made.maximumVCPUs == 1 && made.maximumMemory == .gibibytes(1))
        #expect(made.machine["hardware.firmware"] == "uefi" && made.machine["hardware.video"] == "virtio")

        let pinned = try spec(", node: a")
        let refused = Planner.plan(pinned, inputs: inputs(pinned), fleet: fleet(one, other))
        #expect(
            refused.refusals.first?.reason.contains("its processors are x86_64, and the image disk is for aarch64")
                == true)
        one.emulated = ["aarch64"]
        let emulated = Planner.plan(pinned, inputs: inputs(pinned), fleet: fleet(one, other))
        #expect(emulated.refusals.isEmpty && place(emulated) == "a")
        #expect(definition(emulated)?.hasKVM == false)
        // Nobody comes there but by the word of the spec.
        let alone = Planner.plan(anywhere, inputs: inputs(anywhere), fleet: fleet(one))
        #expect(place(alone) == nil && alone.refusals.first?.remedy.contains("node: a") == true, "\(alone.refusals)")
        other.architecture = "riscv64"
        let strange = Planner.plan(anywhere, inputs: inputs(anywhere), fleet: fleet(other))
        #expect(
            strange.refusals.first?.reason.contains("riscv64, but kvmctl supports guests of x86_64 or aarch64 only")
                == true)
    }

    @Test("A machine keeps its processors, whatever image it is given, and goes to no node with others")
    func keptProcessors() async throws {
        func spec(_ architecture: String, node: String = "a", more: String = "") throws -> Cluster {
            try cluster(
                of: "{one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: \(node), ready: running\(more)}}",
                on: ["a", "b"], image: "{source: disk.qcow2, architecture: \(architecture)}")
        }
        let first = try spec("x86_64")
        let fleet = FakeFleet(ClusterIdentity(first), [FakeNode(name("a")), FakeNode(name("b"))])
        func plan(_ cluster: Cluster, _ change: (inout ObservedFleet) throws -> Void = { _ in }) throws -> Plan {
            var seen = fleet.observe(cluster)
            try change(&seen)
            return Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        }
        _ = await Executor(drivers: fleet.drivers).run(try plan(first)) { _ in }
        #expect(try plan(first).isEmpty)
        for more in ["", ", imageChange: replace"] {
            let other = try plan(try spec("aarch64", more: more))
            #expect(other.steps.isEmpty, "\(other.changes)")
            #expect(
                other.refusals.map(\.reason) == ["it has x86_64 processors, and the image disk is for aarch64"],
                "\(other.refusals)")
        }
        let away = try plan(try spec("x86_64", node: "b")) { seen in
            for (text, architecture) in [("a", "x86_64"), ("b", "aarch64")] {
                guard case .answered(var node) = seen.nodes[name(text)] else { continue }
                node.architecture = architecture
                if text == "b" { node.emulated = ["x86_64"] }
                seen.nodes[name(text)] = .answered(node)
            }
        }
        #expect(
            away.steps.isEmpty
                && away.refusals.first?.reason.hasSuffix("a has x86_64 processors, and b has aarch64") == true,
            "\(away.refusals)")
    }

    /// By score alone the first member would go to b (4 of 4 vCPUs free), and the third would find no room there.
    @Test("A group that is to be together goes where all of it has room, or nowhere")
    func together() throws {
        func plan(_ together: String, vcpus: Int = 2) throws -> Plan {
            let cluster = try cluster(
                """
                apiVersion: kvmctl/v1
                cluster: demo
                nodes:
                  a: {address: 10.0.0.1, labels: {rack: one}, capacity: {vcpus: 8, memory: 8GiB}, overcommit: {vcpus: 1, memory: 1}}
                  b: {address: 10.0.0.2, labels: {rack: two}, capacity: {vcpus: 4, memory: 99GiB}, overcommit: {vcpus: 1, memory: 1}}
                  c: {address: 10.0.0.3, labels: {rack: two}, capacity: {vcpus: 4, memory: 99GiB}, overcommit: {vcpus: 1, memory: 1}}
                images: {disk: {source: disk.qcow2}}
                instances:
                  w: {image: disk, vcpus: \(vcpus), memory: 2GiB, disk: 3GiB, count: 3, placement: {together: \(together)}}
                """)
            return Planner.plan(
                cluster, inputs: inputs(cluster),
                fleet: fleet(try emptyNode("a"), try emptyNode("b"), try emptyNode("c")))
        }
        func homes(_ plan: Plan) -> [String?] {
            plan.changes.filter { $0.object.kind == .instance }.map(\.object.node?.text)
        }
        #expect(homes(try plan("node")) == ["a", "a", "a"])
        #expect(homes(try plan("rack")) == ["a", "a", "a"])
        #expect(homes(try plan("node", vcpus: 1)) == ["a", "a", "a"])
        let none = try plan("node", vcpus: 3)
        #expect(homes(none) == [])
        #expect(none.refusals.map(\.object.name) == ["w-1", "w-2", "w-3"])
        #expect(
            none.refusals.first?.reason == """
                it cannot be placed: \
                a: all 3 members must run together, but the node has insufficient capacity: 8 of 8 vCPUs free, 9 needed; \
                b: all 3 members must run together, but the node has insufficient capacity: 4 of 4 vCPUs free, 9 needed; \
                c: all 3 members must run together, but the node has insufficient capacity: 4 of 4 vCPUs free, 9 needed
                """)
    }

    @Test("A node takes as many members of a group as it may have, and the others go elsewhere or nowhere")
    func perNode() throws {
        func plan(_ most: Int, count: Int, _ more: String = "") throws -> Plan {
            let size = "image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB"
            let cluster = try cluster(
                of: "{web: {\(size), count: \(count), placement: {perNode: \(most)\(more)}}}", on: ["a", "b"])
            let fleet = fleet(try emptyNode("a"), try emptyNode("b", vcpus: 2))
            let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet)
            let defects = PlanChecker.violations(in: plan, of: cluster, fleet: fleet, intent: .apply(deleteData: false))
            #expect(defects.map(\.description) == [])
            return plan
        }
        func homes(_ plan: Plan) -> [String?] {
            plan.changes.filter { $0.object.kind == .instance }.map(\.object.node?.text)
        }
        let free = try plan(4, count: 5)
        #expect(homes(free) == ["a", "a", "b", "a", "a"])
        let full = try plan(2, count: 5)
        #expect(homes(full) == ["a", "a", "b", "b"])
        #expect(
            full.refusals.map(\.reason) == [
                """
                it cannot be placed: a already runs 2 of web (perNode: 2); \
                b already runs 2 of web (perNode: 2)
                """
            ])
    }

    @Test("Members leave a node that has more of them than it may, and none goes where that would be so")
    func perNodeMoves() async throws {
        let text = "{web: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: kvm1, count: 3}}"
        let nodes = ["kvm1", "kvm2"]
        let fleet = await FakeFleet.having(try cluster(of: text, on: nodes), on: nodes.map { name($0) })
        func moves(_ most: Int) throws -> [Change] {
            let wanted = try cluster(
                of: text.replacing("node: kvm1", with: "placement: {perNode: \(most)}"), on: nodes)
            let plan = Planner.plan(
                wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted), options: PlanningOptions())
            return plan.changes.filter { $0.action == .migrate }
        }
        func words(_ moves: [Change]) -> [String] {
            moves.map { "\($0.object.name): \($0.reason)" + ($0.blocked.map { ", but \($0)" } ?? "") }
        }
        #expect(words(try moves(3)) == [])
        #expect(words(try moves(2)) == ["web-3: it already runs 2 of web (perNode: 2)"])
        #expect(
            words(try moves(1)) == [
                "web-3: it already runs 1 of web (perNode: 1), but it cannot be placed: "
                    + "kvm2 already runs 1 of web (perNode: 1)",
                "web-2: it already runs 1 of web (perNode: 1)",
            ])
    }

    @Test("What foreign domains are promised counts")
    func foreignDomainsCount() throws {
        let cluster = try cluster(of: "{one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}}", on: ["a", "b"])
        var busy = try emptyNode("a")
        busy.domains.append(
            ObservedDomain(
                uuid: try #require(UniqueID("11111111-2222-3333-4444-555555555555")), name: "stranger", power: .shutOff,
                autostart: false, mark: nil, vcpus: 4, memory: .gibibytes(8), fingerprint: "f"))
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(busy, try emptyNode("b")))
        #expect(plan.changes.first { $0.object.kind == .instance }?.object.node == (name("b")))
    }

    @Test("Equal scores go to the first name, a pin, labels and cordons are hard limits")
    func hardLimits() throws {
        let cluster = try cluster(
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes:
              a: {address: 10.0.0.1, labels: {rack: one}}
              b: {address: 10.0.0.2, labels: {rack: two}}
              c: {address: 10.0.0.3, state: cordoned}
            images: {disk: {source: disk.qcow2}}
            instances:
              equal: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
              pinned: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: a}
              racked: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, placement: {where: {rack: two}}}
              spread: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, count: 3, placement: {spread: node}}
            """)
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet(try emptyNode("a"), try emptyNode("b"), try emptyNode("c")))
        let homes = Dictionary(
            uniqueKeysWithValues: plan.changes.filter { $0.object.kind == .instance }
                .map { ($0.object.name, $0.object.node?.text) })
        #expect(homes == ["equal": "a", "pinned": "a", "racked": "b", "spread-1": "b", "spread-2": "a"])
        #expect(plan.refusals.map(\.object.name) == ["spread-3"])
        #expect(plan.refusals.first?.reason.contains("c: its state is cordoned") == true)
        #expect(plan.refusals.first?.reason.contains("already runs spread-1 (spread: node)") == true)
    }
}

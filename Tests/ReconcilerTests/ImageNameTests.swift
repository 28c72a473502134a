import Reconciler
import Spec
import TestNames
import Testing

/// One image under several names: it is named by what pins it, and its bytes may be the same all the same.
@Suite("Images of other names") struct ImageNameTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        images: {disk: {source: "https://example.org/disk.qcow2"}}
        instances:
          db: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, power: off, ready: running, node: kvm1}
        """
    private static let replacing = spec.replacing("node: kvm1", with: "node: kvm1, imageChange: replace")
    private static let node = name("kvm1")
    private static let old = "\(Pool.localPath)/kvmctl-\(String(repeating: "ab", count: 32)).qcow2"

    private static func checksum(_ algorithm: Checksum.Algorithm, _ digit: String) throws -> Checksum {
        try #require(Checksum(algorithm: algorithm, digest: String(repeating: digit, count: algorithm.digits)))
    }

    /// What the spec's image is called once it has a checksum.
    private static func pinned(_ cluster: Cluster, by checksum: Checksum) -> Inputs {
        var inputs = inputs(cluster)
        for name in inputs.images.keys {
            inputs.images[name]?.fileName = "kvmctl-\(String(repeating: "cd", count: 32)).qcow2"
            inputs.images[name]?.checksum = checksum
        }
        return inputs
    }

    private static func applied() async throws -> FakeFleet {
        let cluster = try cluster(spec)
        let fleet = await FakeFleet.having(cluster, on: [node, name("kvm2")])
        return fleet
    }

    private static func plan(
        _ text: String, _ fleet: FakeFleet, _ checksum: Checksum, knowing digests: Checksum...
    ) throws -> (plan: Plan, questions: [ImageQuestion]) {
        let cluster = try cluster(text)
        let inputs = pinned(cluster, by: checksum)
        fleet.edit { nodes in
            for node in nodes.keys { nodes[node]?.imageDigests = [old: Set(digests)] }
        }
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs, fleet: seen)
        #expect(
            PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        return (plan, ImageQuestion.all(cluster, inputs: inputs, fleet: seen))
    }

    @Test("where an image has another name, its bytes are asked for; where none has, nothing is")
    func questions() async throws {
        let fleet = try await Self.applied()
        let cluster = try cluster(Self.spec)
        #expect(ImageQuestion.all(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster)).isEmpty)
        for algorithm in Checksum.Algorithm.allCases {
            let checksum = try Self.checksum(algorithm, "1")
            let asked = [ImageQuestion(node: Self.node, path: Self.old, algorithm: algorithm)]
            for text in [Self.spec, Self.replacing] {
                #expect(try Self.plan(text, fleet, checksum).questions == asked)
                #expect(try Self.plan(text, fleet, checksum, knowing: Self.checksum(algorithm, "2")).questions == [])
                let other: Checksum.Algorithm = algorithm == .sha256 ? .sha512 : .sha256
                #expect(try Self.plan(text, fleet, checksum, knowing: Self.checksum(other, "2")).questions == asked)
            }
            let ignored = Self.spec.replacing("node: kvm1", with: "node: kvm1, imageChange: ignore")
            #expect(try Self.plan(ignored, fleet, checksum).questions == [], "nobody wants to know")
        }
    }

    @Test("the same bytes under another name are the same image", arguments: Checksum.Algorithm.allCases)
    func same(algorithm: Checksum.Algorithm) async throws {
        let fleet = try await Self.applied()
        let checksum = try Self.checksum(algorithm, "1")
        for text in [Self.spec, Self.replacing] {
            let plan = try Self.plan(text, fleet, checksum, knowing: checksum).plan
            #expect(plan.isEmpty, "\(plan.steps.map(\.id))")
            #expect(plan.notes == [])
        }
    }

    @Test("other bytes are another image, and so is what nobody could read", arguments: [true, false])
    func other(isKnown: Bool) async throws {
        let fleet = try await Self.applied()
        let (one, two) = (try Self.checksum(.sha256, "1"), try Self.checksum(.sha256, "2"))
        let noticed = try isKnown ? Self.plan(Self.spec, fleet, one, knowing: two) : Self.plan(Self.spec, fleet, one)
        #expect(noticed.plan.notes.contains { $0.hasPrefix("the image disk is not the one") })
        let replaced =
            try isKnown
            ? Self.plan(Self.replacing, fleet, one, knowing: two) : Self.plan(Self.replacing, fleet, one)
        #expect(replaced.plan.changes.contains { $0.action == .replace })
    }

    @Test("an instance takes its image along under the name that it has, and keeps it when it is changed")
    func moves() async throws {
        let fleet = try await Self.applied()
        let checksum = try Self.checksum(.sha512, "1")
        let moved = Self.replacing.replacing("node: kvm1", with: "node: kvm2").replacing("vcpus: 1", with: "vcpus: 2")
        #expect(!(try Self.plan(moved, fleet, checksum).plan.refusals.isEmpty))
        let plan = try Self.plan(moved, fleet, checksum, knowing: checksum).plan
        #expect(plan.refusals.isEmpty)
        let fetched = plan.steps.compactMap { step in
            if case .storage(.fetchImage(let fetch)) = step.operation {
                "\(step.node) \(fetch.path) \(fetch.checksum as Any)"
            } else {
                nil
            }
        }
        #expect(fetched == ["kvm2 \(Self.old) \(Optional(checksum) as Any)"])
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(fleet.unexpected.isEmpty)
        let next = try Self.plan(moved, fleet, checksum, knowing: checksum).plan
        _ = await Executor(drivers: fleet.drivers).run(next) { _ in }
        let mark = fleet.nodes[name("kvm2")]?.domains.values.first?.mark
        #expect(mark?.baseImage == Self.old.split(separator: "/").last.map(String.init))
    }
}

import Reconciler
import Spec
import TestNames
import TestTools
import Testing

/// Images of which the names do not say what they hold: every node gets the same bytes.
@Suite("Images that one node gives to others") struct LooseImageTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
        images: {disk: {source: disk.qcow2}}
        instances:
          a: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, power: off, ready: running, node: kvm1}
        """
    private static let second = """

          b: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, power: off, ready: running, node: kvm2}
        """
    private static let nodes = [name("kvm1"), name("kvm2")]

    /// What the spec's image is: one by an address without a checksum, or one that is customized.
    private static func loose(_ cluster: Cluster, isCustomized: Bool = false) -> Inputs {
        var inputs = inputs(cluster)
        for (name, image) in inputs.images {
            inputs.images[name]?.checksum = nil
            guard isCustomized else { continue }
            var customization = Customization()
            customization.hostname = HostName("appliance")
            let recipe = ImageRecipe(customization, of: image, sshKeys: [])
            inputs.images[name]?.fileName = recipe.fileName
            inputs.images[name]?.recipe = recipe
        }
        return inputs
    }

    private static func plan(_ text: String, on fleet: FakeFleet, isCustomized: Bool = false) throws -> Plan {
        let cluster = try cluster(text)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: loose(cluster, isCustomized: isCustomized), fleet: seen)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        return plan
    }

    private static func apply(_ text: String, on fleet: FakeFleet, isCustomized: Bool = false) async throws {
        let plan = try plan(text, on: fleet, isCustomized: isCustomized)
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for (step, outcome) in report.outcomes where !outcome.isSuccess { Issue.record("\(step.id): \(outcome)") }
        #expect(try Self.plan(text, on: fleet, isCustomized: isCustomized).isEmpty)
    }

    private static func empty() throws -> FakeFleet {
        FakeFleet(ClusterIdentity(try cluster(spec)), nodes.map { FakeNode($0) })
    }

    /// The fetches of a plan: where, from where, and what must be done before.
    private static func fetches(_ steps: [Step]) -> [(step: Step, fetch: ImageFetch)] {
        steps.compactMap { step in
            if case .storage(.fetchImage(let fetch)) = step.operation { (step, fetch) } else { nil }
        }.sorted { $0.step.node < $1.step.node }
    }

    @Test("A new one is fetched once, and the other node gets a copy of that", arguments: [false, true])
    func new(isCustomized: Bool) throws {
        let plan = try Self.plan(Self.spec + Self.second, on: try Self.empty(), isCustomized: isCustomized)
        let found = Self.fetches(plan.steps)
        try #require(found.count == 2)
        #expect(found[0].fetch.giver == nil)
        #expect((found[0].fetch.recipe != nil) == isCustomized)
        #expect(found[1].fetch.giver == .init(node: name("kvm1"), path: found[0].fetch.path))
        #expect(found[1].step.requires.contains(found[0].step.id))
        let words = found.map { $0.step.operation.words.item }
        #expect(words == [isCustomized ? "customize image disk" : "fetch image disk", "copy image disk from kvm1"])
        let details = plan.changes.flatMap(\.details)
        #expect(details.contains("copied from kvm1 through this machine"), "\(details)")
        #expect(details.contains("customized there: the host name appliance") == isCustomized, "\(details)")
    }

    @Test("Where a node has it already, that node gives it")
    func given() async throws {
        let fleet = try Self.empty()
        try await Self.apply(Self.spec, on: fleet)
        let found = Self.fetches(try Self.plan(Self.spec + Self.second, on: fleet).steps)
        #expect(found.map(\.step.node) == [name("kvm2")])
        #expect(found.first?.fetch.giver?.node == name("kvm1"))
        #expect(found.first?.step.operation.secrets.isEmpty == true)
    }

    @Test("An image with a checksum is fetched by each node for itself")
    func pinned() throws {
        let cluster = try cluster(Self.spec + Self.second)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: try Self.empty().observe(cluster))
        let found = Self.fetches(plan.steps)
        #expect(found.count == 2 && found.allSatisfy { $0.fetch.giver == nil })
    }

    @Test("A guest that moves takes along what its disk stands on, and both are compared where they were there before")
    func moved() async throws {
        let fleet = try Self.empty()
        try await Self.apply(Self.spec, on: fleet)
        let text = Self.spec.replacing("node: kvm1", with: "node: kvm2")
        let plan = try Self.plan(text, on: fleet)
        let found = Self.fetches(plan.steps)
        #expect(found.map(\.fetch.giver?.node) == [name("kvm1")])
        let moves = plan.steps.compactMap { step in
            if case .move(let part) = step.operation { part.move } else { nil }
        }
        #expect(!moves.isEmpty && moves.allSatisfy { $0.looseBackingPaths.count == 1 })
        let cluster = try cluster(text)
        let pinned = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        for step in pinned.steps {
            guard case .move(let part) = step.operation else { continue }
            #expect(part.move.looseBackingPaths.isEmpty)
        }
        try await Self.apply(text, on: fleet)
    }

    @Test("Two images that are made of one on a node are made one after the other, and it goes with the last")
    func sameBase() throws {
        let two = "images: {disk: {source: disk.qcow2}, other: {source: disk.qcow2}}"
        var cluster = try cluster(
            Self.spec.replacing("images: {disk: {source: disk.qcow2}}", with: two)
                + Self.second.replacing("image: disk", with: "image: other"))
        var inputs = Self.loose(cluster, isCustomized: true)
        var base = try #require(ReconcilerTests.inputs(cluster).images[name("disk")])
        var customization = Customization()
        customization.run = ["true"]
        let recipe = ImageRecipe(customization, of: base, sshKeys: [])
        (base.fileName, base.checksum, base.recipe) = (recipe.fileName, nil, recipe)
        inputs.images[name("other")] = base
        for name in cluster.instances.keys { cluster.instances[name]?.node = Self.nodes[0] }
        let plan = Planner.plan(cluster, inputs: inputs, fleet: try Self.empty().observe(cluster))
        let found = Self.fetches(plan.steps)
        try #require(found.count == 2)
        let ids = found.map(\.step.id)
        #expect(found[0].step.requires.contains(ids[1]) != found[1].step.requires.contains(ids[0]))
        #expect(found.allSatisfy { $0.fetch.recipe?.keepsBase == false })
    }

    @Test("Another base, key, line or order is another image, and a password's text is in no name")
    func names() throws {
        let base = try #require(inputs(try cluster(Self.spec)).images.values.first)
        var second = base
        second.fileName = "kvmctl-\(String(repeating: "cd", count: 32)).qcow2"
        func name(_ of: Inputs.ResolvedImage, _ keys: [String] = [], _ change: (inout Customization) -> Void) -> String
        {
            var customization = Customization()
            change(&customization)
            return ImageRecipe(customization, of: of, sshKeys: keys).fileName
        }
        let names = [
            name(base) { $0.run = ["a", "b"] }, name(base) { $0.run = ["b", "a"] },
            name(base) { $0.run = ["a\nrun 1 b"] },
            name(second) { $0.run = ["a", "b"] }, name(base, ["key"]) { $0.run = ["a", "b"] },
            name(base) { $0.packages = ["a", "b"] }, name(base) { $0.hostname = HostName("a") },
            name(base) { $0.rootPassword = .environment("A") },
        ]
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.isBaseImageName })
        // Where it is read from has another path in another folder.
        let other = name(base) { $0.rootPassword = .file("../secrets/root") }
        #expect(names.contains(other) && other == name(base) { $0.rootPassword = .environment("A") })
    }

    @Test("Images that are brought by name come from one node as well")
    func pulled() throws {
        let cluster = try cluster(Self.spec + Self.second)
        let observed = try Self.empty().observe(cluster)
        let steps = ImageSteps(cluster, observed, on: Set(Self.nodes)).bring(Self.loose(cluster).images)
        let found = Self.fetches(steps)
        #expect(found.map(\.fetch.giver?.node) == [nil, name("kvm1")])
        #expect(found.last?.step.requires.contains(found[0].step.id) == true)
    }
}

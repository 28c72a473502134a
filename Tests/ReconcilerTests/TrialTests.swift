import Reconciler
import Spec
import TestNames
import Testing

/// Risky changes that are kept an eye on: what is verified stays, what is not is rolled back and not tried again.
@Suite("Changes that can be rolled back") struct TrialTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}, fedora: {source: fedora.qcow2}}
        instances:
          web: {image: debian, vcpus: 2, memory: 1GiB, disk: 3GiB, imageChange: replace, snapshotBefore: [update, replace]}
        """

    /// One cluster's spec over time, on one node.
    private struct Story {
        let fleet: FakeFleet
        var cluster: Cluster

        init(_ spec: String) async throws {
            cluster = try ReconcilerTests.cluster(spec)
            fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))])
            try await apply()
        }

        func plan(retries: Bool = false) throws -> Plan {
            let seen = fleet.observe(cluster)
            let plan = Planner.plan(
                cluster, inputs: Self.inputs(cluster), fleet: seen, options: PlanningOptions(retries: retries))
            let violations = PlanChecker.violations(
                in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
            #expect(violations.map(\.description) == [])
            return plan
        }

        /// Each image is another file.
        static func inputs(_ cluster: Cluster) -> Inputs {
            var inputs = Inputs()
            for image in cluster.images.keys {
                inputs.images[image] = Inputs.ResolvedImage(
                    fileName: "kvmctl-\(StableHash.digest(image.text)).qcow2", virtualSize: .gibibytes(2),
                    byteCount: 200 << 20,
                    checksum: Checksum(algorithm: .sha256, digest: StableHash.digest(image.text)))
            }
            return inputs
        }

        @discardableResult
        func apply(retries: Bool = false, _ fault: Fault? = nil) async throws -> ExecutionReport {
            fleet.begin(fault)
            let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
            let report = await executor.run(try plan(retries: retries)) { _ in }
            #expect(fleet.unexpected == [])
            return report
        }

        mutating func write(_ spec: String) throws { cluster = try ReconcilerTests.cluster(spec) }

        func breakChanges(_ isBroken: Bool) { fleet.edit { $0[name("kvm1")]?.breaksChanges = isBroken } }

        func domain(_ instance: String = "web") throws -> ObservedDomain {
            try #require(
                fleet.nodes[name("kvm1")]?.domains.values.first { $0.mark?.instance == name(instance) })
        }

        var files: Set<String> { Set(fleet.nodes[name("kvm1")]?.files.keys.map(\.self) ?? []) }
    }

    @Test(
        "What does not get ready is as before, is told with its reason, and is tried again when asked or changed",
        arguments: [("vcpus: 2", "vcpus: 1", "vcpus: 3"), ("image: debian", "image: fedora", "image: debian")])
    func takenBack(_ old: String, _ new: String, _ other: String) async throws {
        var story = try await Story(Self.spec)
        let (before, files) = (try story.domain(), story.files)
        story.breakChanges(true)
        try story.write(Self.spec.replacing(old, with: new))
        let report = try await story.apply()
        #expect(report.outcomes.contains { $0.step.id.text.hasSuffix("web/ready") && !$0.outcome.isSuccess })
        var after = try story.domain()
        #expect(after.mark?.trial?.stage == .rolledBack)
        after.mark?.trial = nil
        #expect(after.mark == before.mark && after.vcpus == before.vcpus && after.disks == before.disks)
        #expect(after.power == .running && after.snapshots == [])
        #expect(story.files.subtracting(files).allSatisfy { $0.contains("/kvmctl-") })

        for _ in 0..<2 {
            let change = try #require(try story.plan().changes.first { $0.object.name == "web" })
            #expect(change.blocked?.contains("rolled back") == true && change.blocked?.contains("--retry") == true)
            #expect(!(try story.plan().steps.contains { $0.operation.domainName != nil }))
            try await story.apply()
        }

        story.breakChanges(false)
        try story.write(Self.spec.replacing(old, with: new))
        try await story.apply(retries: true)
        #expect(try story.plan().isEmpty)
        #expect(try story.domain().mark?.trial == nil)
        try story.write(Self.spec.replacing(old, with: other))
        try await story.apply()
        #expect(try story.plan().isEmpty)
    }

    @Test("A repair that is rolled back is not tried again either")
    func drift() async throws {
        let story = try await Story(Self.spec)
        story.breakChanges(true)
        story.fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.vcpus = 9
                nodes[name("kvm1")]?.domains[uuid]?.running?.vcpus = 9
            }
        }
        try await story.apply()
        #expect(try story.domain().mark?.trial?.stage == .rolledBack)
        let plan = try story.plan()
        #expect(plan.steps == [] && plan.changes.first?.blocked?.contains("rolled back") == true)
    }

    @Test("A spec that does not ask for it any more makes the record go")
    func forgotten() async throws {
        var story = try await Story(Self.spec)
        story.breakChanges(true)
        try story.write(Self.spec.replacing("vcpus: 2", with: "vcpus: 1"))
        try await story.apply()
        try story.write(Self.spec)
        try await story.apply()
        #expect(try story.domain().mark?.trial == nil)
        #expect(try story.plan().isEmpty)
    }

    @Test(
        "Killed at any step and run again it ends well, or as before",
        arguments: ["vcpus: 1, ", "image: fedora, "], [true, false])
    func killed(_ change: String, isBroken: Bool) async throws {
        let wanted = Self.spec.replacing(change.prefix(5) == "vcpus" ? "vcpus: 2, " : "image: debian, ", with: change)
        var number = 0
        while true {
            var story = try await Story(Self.spec)
            let vcpus = try story.domain().vcpus
            story.breakChanges(isBroken)
            try story.write(wanted)
            let count = try story.plan().steps.count
            guard number < count * 2 else { break }
            let kind = number.isMultiple(of: 2) ? Fault.Kind.killedAfterEffect : .killedMidway
            try await story.apply(Fault(kind: kind, step: number / 2))
            for _ in 0..<3 { try await story.apply() }
            let plan = try story.plan()
            #expect(plan.steps == [], "\(number): \(plan.steps.map(\.id.text))")
            let domain = try story.domain()
            #expect(domain.power == .running && domain.snapshots == [] && domain.spareFiles == [])
            #expect(domain.mark?.trial?.stage == (isBroken ? .rolledBack : nil), "\(number)")
            if isBroken { #expect(domain.vcpus == vcpus) }
            let strays = story.files.filter { path in
                !path.contains("/kvmctl-") && !domain.disks.contains { $0.path == path }
            }
            #expect(strays == [], "\(number)")
            number += 1
        }
    }

    @Test("What failed on one member of a group is not tried on the next")
    func group() async throws {
        let spec = Self.spec.replacing("vcpus: 2,", with: "vcpus: 2, count: 3,")
        var story = try await Story(spec)
        story.breakChanges(true)
        try story.write(spec.replacing("vcpus: 2,", with: "vcpus: 1,"))
        try await story.apply()
        try await story.apply()
        let tried = try ["web-1", "web-2", "web-3"].map { try story.domain($0).mark?.trial?.stage }
        #expect(tried == [.rolledBack, nil, nil])
        #expect(try story.plan().changes.count { $0.blocked?.contains("of web-1") == true } == 2)
    }

    @Test("A plan that keeps or verifies nothing is no plan", arguments: ["vcpus: 1, ", "image: fedora, "])
    func broken(_ change: String) async throws {
        var story = try await Story(Self.spec)
        let wanted = Self.spec.replacing(change.prefix(5) == "vcpus" ? "vcpus: 2, " : "image: debian, ", with: change)
        try story.write(wanted)
        let seen = story.fleet.observe(story.cluster)
        func isRefused(_ plan: Plan) -> Bool {
            PlanChecker.violations(in: plan, of: story.cluster, fleet: seen, intent: .apply(deleteData: false))
                .contains { $0.rule == .trial }
        }
        let good = try story.plan()
        for end in ["try", "try/stop", "try/keep", "try/edit"] {
            var plan = good
            let index = try #require(plan.steps.firstIndex { $0.id.text.hasSuffix("web/\(end)") })
            let gone = plan.steps.remove(at: index)
            for other in plan.steps.indices where plan.steps[other].requires.contains(gone.id) {
                plan.steps[other].requires.removeAll { $0 == gone.id }
                plan.steps[other].requires += gone.requires
            }
            #expect(isRefused(plan) || end == "try/edit", "without \(end)")
        }
        var unverified = good
        for index in unverified.steps.indices {
            guard case .update(let update) = unverified.steps[index].operation,
                case .verify(let check, _) = update.action
            else { continue }
            unverified.steps[index].operation = .domain(.awaitReady(check))
        }
        #expect(isRefused(unverified))
        let careless = try ReconcilerTests.cluster(wanted.replacing(", snapshotBefore: [update, replace]", with: ""))
        let plan = Planner.plan(careless, inputs: Story.inputs(careless), fleet: seen)
        #expect(isRefused(plan))
    }

    @Test("What is deleted in the middle takes along what was kept")
    func deleted() async throws {
        var story = try await Story(Self.spec)
        try story.write(Self.spec.replacing("image: debian", with: "image: fedora"))
        let plan = try story.plan()
        let edit = try #require(plan.steps.firstIndex { $0.id.text.hasSuffix("try/edit") })
        try await story.apply(Fault(kind: .killedAfterEffect, step: edit))
        #expect(try story.domain().spareFiles.count == 2)
        story.cluster.instances = [:]
        try await story.apply()
        #expect(story.files.filter { $0.contains("web") } == [])
    }
}

extension Reconciler.Operation {
    /// The domain that is changed, by a word.
    fileprivate var domainName: String? {
        if case .update(let update) = self { update.name } else { nil }
    }
}

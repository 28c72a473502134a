import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@testable import Roles

/// `snapshotBefore: [provision]`: the disks are kept before roles change, and come back where one cannot be applied.
@Suite("Roles that can be rolled back") struct RoleTrialTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        instances:
          web:
            image: debian
            vcpus: 1
            memory: 1GiB
            disk: 3GiB
            ready: running
            snapshotBefore: [provision]
            provision: {script: install.sh, environment: {MODE: fast}}

        """
    private static let provision = "    provision: {script: install.sh, environment: {MODE: fast}}\n"
    private static let sized = """
        apiVersion: kvmctl.role/v1
        description: A role that has a size.
        inputs: {size: {type: integer, required: true}}
        files: {/etc/size: {content: "{{size}}\n"}}

        """
    /// With a second role, of a package, that comes first.
    private static let two =
        spec + """
                roles: {early: {sized: {size: 1}}}

            """

    /// One cluster's spec over time, on one node.
    private struct Story {
        var cluster: Cluster
        let fleet: FakeFleet

        init(_ text: String = spec) async throws {
            cluster = try Self.cluster(text)
            fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))])
            try await apply()
        }

        static func cluster(_ text: String) throws -> Cluster {
            let result = SpecLoader.load(
                sources: [SpecSource(file: "spec.yaml", text: text)], roles: Roles.languages,
                packages: { _ in [PackageSource(folder: "roles/sized", files: ["role.yaml": Array(sized.utf8)])] },
                provision: { _ in .file(Array("echo one\n".utf8)) })
            return try #require(result.cluster, "\(result.diagnostics)")
        }

        func plan(retries: Bool = false) -> Plan {
            let seen = fleet.observe(cluster)
            var given = inputs(cluster)
            // Each image has a file of its own.
            for image in cluster.images.keys where image != name("debian") {
                given.images[image]?.fileName = "kvmctl-\(StableHash.digest(image.text)).qcow2"
            }
            let plan = Planner.plan(
                cluster, inputs: given, fleet: seen, options: PlanningOptions(retries: retries))
            let defects = PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false))
            #expect(defects.map(\.description) == [], "\(planText(plan))")
            return plan
        }

        @discardableResult
        func apply(retries: Bool = false, _ fault: Fault? = nil) async throws -> ExecutionReport {
            fleet.begin(fault)
            let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
            let report = await executor.run(plan(retries: retries)) { _ in }
            #expect(fleet.unexpected == [])
            return report
        }

        mutating func write(_ text: String) throws { cluster = try Self.cluster(text) }

        func breakChanges(_ isBroken: Bool) { fleet.edit { $0[name("kvm1")]?.breaksChanges = isBroken } }

        func domain(_ instance: String = "web") throws -> ObservedDomain {
            try #require(
                fleet.nodes[name("kvm1")]?.domains.values.first { $0.mark?.instance == name(instance) })
        }

        /// What the guest has of its role.
        func role(_ role: Name = .provision, of instance: String = "web") throws -> ObservedPackage? {
            guard case .known(let known)? = try domain(instance).roles[Packages.self] else { return nil }
            return known[role]
        }

        /// How often the disks of a guest went back.
        func rollbacks(_ instance: String = "web") throws -> Int {
            fleet.nodes[name("kvm1")]?.rollbacks[try domain(instance).uuid] ?? 0
        }

        /// Applies until nothing is to be done, which is as wanted, or as before where a change breaks things.
        func settle(as isBroken: Bool, _ isRemoved: Bool, _ what: String) async throws {
            for _ in 0..<4 { try await apply() }
            let domain = try domain()
            #expect(plan().steps == [], "\(what): \(plan().steps.map(\.id.text))")
            #expect(domain.power == .running && domain.snapshots == [] && domain.mark?.roleTrial == nil, "\(what)")
            let role = try role()
            #expect(role?.outputs.isEmpty != false, "\(what): something of what failed is left")
            if isBroken {
                #expect(role?.inputs.contains("fast") == true && role?.failure != nil, "\(what)")
            } else if isRemoved {
                #expect(role == nil, "\(what)")
            } else {
                #expect(role?.inputs.contains("slow") == true, "\(what)")
            }
        }
    }

    private static let changed = spec.replacing("MODE: fast", with: "MODE: slow")

    @Test("A new guest gets its role without a snapshot; a change of it is kept before, and that goes afterwards")
    func kept() async throws {
        var story = try await Story()
        #expect(try story.domain().mark?.roleTrial == nil && story.domain().snapshots == [])
        try story.write(Self.changed)
        let plan = story.plan()
        try expectGolden(planText(plan), "provision-snapshot.txt")
        try await story.apply()
        #expect(try story.domain().snapshots == [] && story.domain().mark?.roleTrial == nil)
        #expect(try story.role()?.inputs.contains("slow") == true)
        #expect(story.plan().isEmpty)
    }

    @Test("What cannot be applied is as before, is told with its reason, and is tried again when asked or changed")
    func takenBack() async throws {
        var story = try await Story()
        let before = try story.role()
        story.breakChanges(true)
        try story.write(Self.changed)
        let report = try await story.apply()
        #expect(report.outcomes.contains { $0.step.id.text.hasSuffix("role/provision") && !$0.outcome.isSuccess })
        #expect(try story.role()?.inputs == before?.inputs && story.role()?.outputs == before?.outputs)
        #expect(try story.domain().mark?.roleTrial == nil && story.domain().snapshots == [])
        let plan = story.plan()
        #expect(plan.steps == [])
        try expectGolden(planText(plan), "provision-snapshot-rolled-back.txt")
        story.breakChanges(false)
        try await story.apply(retries: true)
        #expect(story.plan().isEmpty)
        #expect(try story.rollbacks() == 1)
    }

    @Test("A guest that gets another root disk gets its roles, whatever failed on the old one")
    func newRoot() async throws {
        let images = "images: {debian: {source: debian.qcow2}, other: {source: other.qcow2}}"
        let spec = Self.spec.replacing("images: {debian: {source: debian.qcow2}}", with: images)
        var story = try await Story(spec)
        story.breakChanges(true)
        let changed = spec.replacing("MODE: fast", with: "MODE: slow")
        try story.write(changed)
        try await story.apply()
        #expect(story.plan().steps == [])
        story.breakChanges(false)
        try story.write(
            changed.replacing("image: debian", with: "image: other\n    imageChange: replace"))
        let plan = story.plan()
        #expect(plan.steps.contains { $0.id.text.hasSuffix("role/provision") }, "\(planText(plan))")
    }

    @Test("What fails in passing leaves the guest running and is tried again, before what was kept first")
    func passing() async throws {
        var story = try await Story()
        story.fleet.edit { $0[name("kvm1")]?.roleFaults = [.provision: .passing] }
        try story.write(Self.changed)
        try await story.apply()
        #expect(try story.rollbacks() == 0 && story.domain().power == .running)
        #expect(try story.domain().mark?.roleTrial?.stage == .made)
        story.fleet.edit { $0[name("kvm1")]?.roleFaults = [:] }
        try await story.apply()
        #expect(try story.role()?.inputs.contains("slow") == true && story.domain().snapshots == [])
        #expect(story.plan().isEmpty)
    }

    @Test("A role that makes its guest silent goes back in the same run, and is not tried again")
    func silent() async throws {
        var story = try await Story()
        story.fleet.edit { $0[name("kvm1")]?.roleFaults = [.provision: .silencing] }
        try story.write(Self.changed)
        try await story.apply()
        #expect(try story.rollbacks() == 1 && story.role()?.inputs.contains("fast") == true)
        #expect(story.plan().steps == [] && story.plan().changes.contains { $0.blocked != nil })
    }

    @Test("Of two roles only the one that failed is remembered", arguments: [true, false])
    func two(isFirstBroken: Bool) async throws {
        let (spec, changed) = (Self.two, Self.two.replacing("MODE: fast", with: "MODE: slow"))
        var story = try await Story(spec)
        let (broken, other) = isFirstBroken ? (name("early"), Name.provision) : (.provision, name("early"))
        story.fleet.edit { $0[name("kvm1")]?.roleFaults = [broken: .failing] }
        try story.write(changed.replacing("size: 1", with: "size: 2"))
        for _ in 0..<3 { try await story.apply() }
        #expect(try story.rollbacks() == 1)
        #expect(try story.role(broken)?.attempt == 1 || story.role(broken)?.failure != nil)
        #expect(try story.role(other)?.failure == nil)
        #expect(story.plan().steps == [], "\(planText(story.plan()))")
        #expect(story.plan().changes.flatMap(\.fields).allSatisfy { $0.path.hasPrefix("roles.\(broken)") })
        #expect(try story.domain().mark?.roleTrial == nil && story.domain().snapshots == [])
    }

    @Test("What is too old to go back to stays, is settled, and is not tried for ever")
    func old() async throws {
        var story = try await Story()
        try story.write(Self.changed)
        let index = try #require(story.plan().steps.firstIndex { $0.id.text.hasSuffix("keep-roles") })
        try await story.apply(Fault(kind: .killedAfterEffect, step: index))
        story.fleet.edit {
            $0[name("kvm1")]?.isKeptTooOld = true
            $0[name("kvm1")]?.breaksChanges = true
        }
        for _ in 0..<2 { try await story.apply() }
        #expect(try story.rollbacks() == 0 && story.domain().mark?.roleTrial == nil && story.domain().snapshots == [])
        #expect(story.plan().steps == [] && story.plan().changes.contains { $0.blocked != nil })
    }

    @Test("A removal is kept before, too, and a role that is gone leaves no record")
    func removed() async throws {
        var story = try await Story()
        try story.write(
            Self.spec.replacing(Self.provision, with: ""))
        #expect(story.plan().steps.contains { $0.id.text.hasSuffix("web/keep-roles") })
        try await story.apply()
        #expect(try story.role() == nil && story.domain().snapshots == [])
        #expect(story.plan().isEmpty)
    }

    @Test("Without the word in the spec there is no snapshot")
    func unwanted() async throws {
        var story = try await Story(Self.spec.replacing("[provision]", with: "[update, replace]"))
        try story.write(Self.changed.replacing("[provision]", with: "[update, replace]"))
        #expect(!story.plan().steps.contains { $0.id.text.hasSuffix("keep-roles") })
    }

    @Test("A guest whose disks cannot be kept keeps its role, and the plan says why")
    func refused() async throws {
        var story = try await Story()
        story.fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.hasFlashFirmware = true
            }
        }
        try story.write(Self.changed)
        let plan = story.plan()
        #expect(plan.refusals.map(\.reason).first?.contains("needs a snapshot first, but its UEFI firmware") == true)
        #expect(plan.refusals.map(\.remedy).first?.contains("remove `provision` from snapshotBefore") == true)
        #expect(!plan.steps.contains { if case .role = $0.operation { true } else { false } })
    }

    @Test("What failed on one member of a group is not tried on the next")
    func group() async throws {
        let spec = Self.spec.replacing("    vcpus: 1", with: "    count: 3\n    vcpus: 1")
        var story = try await Story(spec)
        story.breakChanges(true)
        try story.write(spec.replacing("MODE: fast", with: "MODE: slow"))
        try await story.apply()
        try await story.apply()
        let failed = try ["web-1", "web-2", "web-3"].map { try story.role(of: $0)?.failure != nil }
        #expect(failed == [true, false, false])
        #expect(story.plan().changes.count { $0.blocked?.contains("on web-1") == true } == 2)
    }

    @Test("A removal that failed on one member of a group is not tried on the next")
    func groupRemoval() async throws {
        let spec = Self.spec.replacing("    vcpus: 1", with: "    count: 3\n    vcpus: 1")
        var story = try await Story(spec)
        story.breakChanges(true)
        try story.write(spec.replacing(Self.provision, with: ""))
        for _ in 0..<3 { try await story.apply() }
        #expect(try ["web-1", "web-2", "web-3"].map { try story.rollbacks($0) } == [1, 0, 0])
        #expect(story.plan().steps == [])
        story.breakChanges(false)
        try await story.apply(retries: true)
        #expect(try ["web-1", "web-2", "web-3"].allSatisfy { try story.role(of: $0) == nil })
        #expect(story.plan().isEmpty)
    }

    @Test("Killed at any step and run again it ends well, or as before", arguments: [true, false], [true, false])
    func killed(isBroken: Bool, isRemoved: Bool) async throws {
        let wanted = isRemoved ? Self.spec.replacing(Self.provision, with: "") : Self.changed
        var number = 0
        while true {
            var story = try await Story()
            story.breakChanges(isBroken)
            try story.write(wanted)
            let count = story.plan().steps.count
            guard number < count * 2 else { break }
            let kind = number.isMultiple(of: 2) ? Fault.Kind.killedAfterEffect : .killedMidway
            try await story.apply(Fault(kind: kind, step: number / 2))
            try await story.settle(as: isBroken, isRemoved, "\(number)")
            number += 1
        }
    }

    @Test(
        "Killed while the disks come back and run again it ends as before", arguments: 0..<FakeNode.placesGoingBack,
        [true, false])
    func killedGoingBack(place: Int, isRemoved: Bool) async throws {
        for fault in [RoleFault.failing, .silencing] where !isRemoved || fault == .failing {
            var story = try await Story()
            try story.write(isRemoved ? Self.spec.replacing(Self.provision, with: "") : Self.changed)
            story.fleet.edit {
                $0[name("kvm1")]?.roleFaults = [.provision: fault]
                $0[name("kvm1")]?.placeGoingBack = place
            }
            let index = try #require(
                story.plan().steps.firstIndex { if case .role = $0.operation { true } else { false } })
            try await story.apply(Fault(kind: .killedMidway, step: index))
            try await story.settle(as: true, isRemoved, "\(place) \(fault)")
            #expect(try story.rollbacks() <= 2, "\(place) \(fault)")
        }
    }

    @Test("A plan that keeps nothing, or never removes what it kept, is no plan")
    func broken() async throws {
        var story = try await Story()
        try story.write(Self.changed)
        let seen = story.fleet.observe(story.cluster)
        let good = story.plan()
        for end in ["keep-roles", "settle-roles"] {
            var plan = good
            let index = try #require(plan.steps.firstIndex { $0.id.text.hasSuffix("web/\(end)") })
            let gone = plan.steps.remove(at: index)
            for other in plan.steps.indices where plan.steps[other].requires.contains(gone.id) {
                plan.steps[other].requires.removeAll { $0 == gone.id }
                plan.steps[other].requires += gone.requires
            }
            let found = PlanChecker.violations(
                in: plan, of: story.cluster, fleet: seen, intent: .apply(deleteData: false))
            #expect(found.contains { $0.rule == .trial }, "without \(end)")
        }
    }
}

import Reconciler
import Spec
import TestNames
import Testing

/// What becomes of data disks that an instance does not have any more, and what a guest finds them by.
@Suite struct DataDiskTests {
    private static func spec(_ disks: String) throws -> Cluster {
        let disks = disks.isEmpty ? "" : ", disks: {\(disks)}"
        return try cluster(of: "{db: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB\(disks)}}")
    }

    private static func applied(_ disks: String) async throws -> FakeFleet {
        await FakeFleet.having(try spec(disks))
    }

    private static func plan(
        _ cluster: Cluster, _ fleet: FakeFleet, deleteData: Bool = false, _ named: Set<String> = []
    ) -> Plan {
        let seen = fleet.observe(cluster)
        var options = PlanningOptions()
        options.deletedDisks = named
        let intent = Intent.apply(deleteData: deleteData)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent, options: options)
        let violations = PlanChecker.violations(
            in: plan, of: cluster, fleet: seen, intent: intent, deletedDisks: named)
        #expect(violations.map(\.description) == [])
        return plan
    }

    private static let data = "\(Pool.localPath)/demo.db.data.qcow2"
    private static let log = "\(Pool.localPath)/demo.db.log.qcow2"

    @Test("A disk that leaves its instance stays, or goes at once where that was asked for", arguments: [false, true])
    func removed(isNamed: Bool) async throws {
        let fleet = try await Self.applied("data: {size: 1GiB}, log: {size: 1GiB}")
        let wanted = try Self.spec("log: {size: 1GiB}")
        let kept = Self.plan(wanted, fleet)
        #expect(kept.changes.first?.details == ["data disk data is kept at \(Self.data)"])
        let plan = Self.plan(wanted, fleet, deleteData: !isNamed, isNamed ? ["db.data"] : [])
        #expect(
            plan.changes.first { $0.action == .update }?.details == [
                "data disk data at \(Self.data) is deleted, as requested"
            ])
        let deletion = try #require(plan.changes.first { $0.action == .delete })
        #expect(
            deletion.reason == "its instance no longer uses it, and "
                + "\(isNamed ? "--delete-disk db.data" : "--delete-data") was given")
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome.isSuccess })
        #expect(fleet.unexpected == [])
        #expect(fleet.nodes[name("kvm1")]?.files[Self.data] == nil)
        #expect(fleet.nodes[name("kvm1")]?.files[Self.log] != nil)
        #expect(fleet.nodes[name("kvm1")]?.roster?.keptDisks == [])
        #expect(Self.plan(wanted, fleet).isEmpty)
    }

    @Test("A kept disk goes by its name, and the others stay")
    func one() async throws {
        let fleet = try await Self.applied("data: {size: 1GiB}, log: {size: 1GiB}")
        let wanted = try Self.spec("")
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(wanted, fleet)) { _ in }
        let plan = Self.plan(wanted, fleet, ["db.data"])
        #expect(
            plan.changes.map(\.reason) == [
                "its instance no longer uses it, and --delete-disk db.data was given"
            ])
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(fleet.nodes[name("kvm1")]?.files[Self.data] == nil)
        #expect(fleet.nodes[name("kvm1")]?.roster?.keptDisks.map(\.path) == [Self.log])
        let mistaken = Self.plan(wanted, fleet, ["db.lok"])
        #expect(mistaken.refusals.map(\.remedy) == ["did you mean db.log?"])
        #expect(mistaken.steps.isEmpty)
    }

    @Test("A disk that is in use does not go by its name")
    func used() async throws {
        let fleet = try await Self.applied("data: {size: 1GiB}")
        let plan = Self.plan(try Self.spec("data: {size: 1GiB}"), fleet, ["db.data"])
        #expect(plan.steps.isEmpty)
        #expect(plan.refusals.map(\.reason) == ["there is no kept disk with this name, or it is in use"])
    }

    private static func serials(_ fleet: FakeFleet) -> [String: String] {
        let disks = fleet.nodes[name("kvm1")]?.domains.values.flatMap(\.disks) ?? []
        return Dictionary(
            uniqueKeysWithValues: disks.filter { $0.name != "root" && $0.name != "seed" }.map {
                ($0.name ?? "", $0.serial ?? "")
            })
    }

    @Test("Two disks whose names begin alike have serial numbers that a guest can tell apart")
    func serials() async throws {
        let long = "postgresql-tablespace-one"
        let other = "postgresql-tablespace-two"
        let alone = try await Self.applied("\(long): {size: 1GiB}")
        // Alone it has its name, of which the guest sees twenty characters: it keeps that when the other one comes.
        #expect(Self.serials(alone) == [long: long])
        let both = try Self.spec("\(long): {size: 1GiB}, \(other): {size: 1GiB}")
        let plan = Self.plan(both, alone)
        _ = await Executor(drivers: alone.drivers).run(plan) { _ in }
        let found = Self.serials(alone)
        #expect(found[long] == long)
        let new = try #require(found[other])
        #expect(new.utf8.count == 20 && new != String(long.prefix(20)))
        #expect(Self.plan(both, alone).isEmpty)
        let together = Self.serials(
            try await Self.applied("\(long): {size: 1GiB}, \(other): {size: 1GiB}, data: {size: 1GiB}"))
        #expect(Set(together.values.map { $0.prefix(20) }).count == 3)
        #expect(together["data"] == "data")
    }
}

import Reconciler
import Spec
import TestNames

extension Scenario {
    static let snapshots: [Scenario] = [
        Scenario("a snapshot is taken once, gone back to, and deleted once") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            await trial.expectOnce(.snapshot(.create(uuid: uuid, name: name, snapshot: "s", withMemory: false)))
            let seen = await trial.domain(uuid)
            trial.check(seen?.snapshots.map(\.name) == ["s"], "it has not the one snapshot")
            await trial.expect(.done, .snapshot(.revert(uuid: uuid, name: name, snapshot: "s")))
            await trial.expectOnce(.snapshot(.delete(uuid: uuid, name: name, snapshot: "s")))
        },
        Scenario("nothing goes back to a snapshot that is not there, nor keeps memory that is not there") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            await trial.expect(.skipped, .snapshot(.revert(uuid: uuid, name: name, snapshot: "none")))
            await trial.expect(.failed, .snapshot(.create(uuid: uuid, name: name, snapshot: "m", withMemory: true)))
            let seen = await trial.domain(uuid)
            trial.check(seen?.snapshots == [], "it has a snapshot")
        },
        Scenario("a snapshot does not bring back a disk of its owner's that was detached since") { trial in
            var domain = Things.domain("a", in: trial.node.folder)
            var disk = DomainDefinition.Disk(name: "old", path: "\(trial.node.folder)/old.qcow2", serial: nil)
            disk.isGiven = true
            domain.givenDisks = [disk]
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            func edit(_ item: DomainEdit.Item) -> Reconciler.Operation {
                let edit = DomainEdit(items: [item], mark: domain.mark)
                return .update(DomainUpdate(uuid: uuid, name: name, action: .edit(edit)))
            }
            let revert = Reconciler.Operation.snapshot(.revert(uuid: uuid, name: name, snapshot: "s"))
            await trial.expect(.done, .snapshot(.create(uuid: uuid, name: name, snapshot: "s", withMemory: false)))
            await trial.expect(.done, edit(.removeDisk("old")))
            await trial.expect(.failed, revert)
            var other = disk
            other.path = "\(trial.node.folder)/other.qcow2"
            await trial.expect(.done, edit(.disk(other)))
            await trial.expect(.failed, revert)
            let seen = await trial.domain(uuid)
            trial.check(seen?.disks.first { $0.given == "old" }?.path == other.path, "it has the old disk again")
            await trial.expect(.done, edit(.removeDisk("old")))
            await trial.expect(.done, edit(.disk(disk)))
            await trial.expect(.done, revert)
        },
    ]

    static let updates: [Scenario] = [
        Scenario("what was applied is noted once") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let record = DomainUpdate(uuid: domain.uuid, name: domain.name, action: .record(["memory": "2GiB"]))
            await trial.expectOnce(.update(record))
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.mark?.applied == ["memory": "2GiB"], "its mark says something else")
        },
        Scenario("a definition is edited as often as a plan asks") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let edit = DomainUpdate(
                uuid: domain.uuid, name: domain.name,
                action: .edit(DomainEdit(items: [.vcpus(2), .memory(.mebibytes(512))], mark: domain.mark)))
            await trial.expect(.done, .update(edit))
            await trial.expect(.done, .update(edit))
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.vcpus == 2 && seen?.memory == .mebibytes(512), "it has not what it was to get")
        },
        Scenario("what does not run gets its devices by its next start") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            for action: DomainUpdate.Action in [
                .setVCPUs(2), .setMemory(.mebibytes(512)), .unplugDisk("data"), .unplugNIC(TestNames.name("eth0")),
                .configureNICs([]),
            ] {
                await trial.expect(
                    .unchanged, .update(DomainUpdate(uuid: domain.uuid, name: domain.name, action: action)))
            }
        },
        Scenario("an update stops a guest once") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            await trial.expect(.done, .domain(.start(uuid: domain.uuid, name: domain.name)))
            await trial.expectOnce(
                .update(
                    DomainUpdate(uuid: domain.uuid, name: domain.name, action: .stop(timeout: .zero, force: true))))
        },
    ]
}

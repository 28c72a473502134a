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

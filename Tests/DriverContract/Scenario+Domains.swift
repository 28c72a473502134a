import Reconciler
import Spec

extension Scenario {
    static let domains: [Scenario] = [
        Scenario("mark and settings of a domain change once") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            await trial.expectOnce(.domain(.finishCreation(uuid: uuid, name: name)))
            await trial.expectOnce(.domain(.setProtect(uuid: uuid, name: name, protect: true)))
            await trial.expectOnce(.domain(.setAutostart(uuid: uuid, name: name, autostart: true)))
            await trial.expectOnce(.domain(.markDeleting(uuid: uuid, name: name)))
            let seen = await trial.domain(uuid)
            trial.check(seen?.mark?.phase == .deleting, "its mark does not say that it goes")
            trial.check(seen?.mark?.protect == true, "it is not protected")
            trial.check(seen?.autostart == true, "it does not start with its node")
        },
        Scenario("a domain starts, stops and goes once, and not while it runs") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            await trial.expectOnce(.domain(.start(uuid: uuid, name: name)))
            await trial.expect(.failed, .domain(.undefine(uuid: uuid, name: name)))
            await trial.expect(.failed, .storage(.deleteVolume(path: domain.disks[0].path, of: uuid)))
            await trial.expectOnce(.domain(.stop(uuid: uuid, name: name, timeout: .zero, force: true)))
            await trial.expect(.done, .domain(.markDeleting(uuid: uuid, name: name)))
            await trial.expectOnce(.domain(.undefine(uuid: uuid, name: name)))
            let left = await trial.domain(uuid)
            trial.check(left == nil, "it is still there")
        },
        Scenario("what is to be done to a domain that is gone is skipped, and its end needs nothing") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            let (uuid, name) = (domain.uuid, domain.name)
            for operation: DomainOperation in [
                .finishCreation(uuid: uuid, name: name), .start(uuid: uuid, name: name),
                .setAutostart(uuid: uuid, name: name, autostart: true),
                .setProtect(uuid: uuid, name: name, protect: true), .awaitReady(domain.isRunning),
                .adopt(uuid: uuid, name: name, mark: domain.mark),
            ] {
                await trial.expect(.skipped, .domain(operation))
            }
            await trial.expect(.skipped, domain.roleRemoval)
            await trial.expect(.skipped, .update(DomainUpdate(uuid: uuid, name: name, action: .record([:]))))
            for operation: DomainOperation in [
                .stop(uuid: uuid, name: name, timeout: .zero, force: true), .markDeleting(uuid: uuid, name: name),
                .undefine(uuid: uuid, name: name),
            ] {
                await trial.expect(.unchanged, .domain(operation))
            }
        },
        Scenario("a domain with another cluster's mark is never touched") { trial in
            let domain = Things.domain("a", in: trial.node.folder, of: Things.others)
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            let before = await trial.domain(uuid)
            for operation in everything(on: domain) { await trial.expect(.skipped, operation) }
            await trial.expect(.skipped, .storage(.deleteVolume(path: domain.disks[0].path, of: uuid)))
            await trial.expect(
                .skipped, .domain(.adopt(uuid: uuid, name: name, mark: Things.domain("a", in: trial.node.folder).mark)))
            let after = await trial.domain(uuid)
            trial.check(after == before, "it was changed")
            let isThere = await trial.node.exists(domain.disks[0].path)
            trial.check(isThere, "its disk is gone")
        },
        Scenario("a domain that was changed after the plan was made is left alone") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            guard let planned = await trial.domain(domain.uuid) else { return }
            try await trial.node.setAutostart(ofDomain: domain.uuid)
            let stale = Step.Expectation.unchanged(fingerprint: planned.fingerprint)
            for operation in everything(on: domain) where !operation.isStopping {
                await trial.expect(.skipped, operation, expecting: stale)
            }
            guard let now = await trial.domain(domain.uuid) else { return }
            await trial.expect(
                .done, .domain(.setProtect(uuid: domain.uuid, name: domain.name, protect: true)),
                expecting: .unchanged(fingerprint: now.fingerprint))
        },
        Scenario("what is done already needs nothing, whatever the plan was made for") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            let (uuid, name) = (domain.uuid, domain.name)
            let stale = Step.Expectation.unchanged(fingerprint: "stale")
            await trial.expect(.done, .domain(.start(uuid: uuid, name: name)))
            await trial.expect(.unchanged, .domain(.start(uuid: uuid, name: name)), expecting: stale)
            let stop = Reconciler.Operation.domain(.stop(uuid: uuid, name: name, timeout: .zero, force: true))
            await trial.expect(.done, stop)
            await trial.expect(.unchanged, stop, expecting: stale)
            await trial.expect(.done, .domain(.markDeleting(uuid: uuid, name: name)))
            await trial.expect(.unchanged, .domain(.markDeleting(uuid: uuid, name: name)), expecting: stale)
            await trial.expect(.done, .domain(.undefine(uuid: uuid, name: name)))
            await trial.expect(.unchanged, .domain(.undefine(uuid: uuid, name: name)), expecting: stale)
        },
        Scenario("a guest is waited for as often as a plan asks, and one that does not run is a failure") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.makeWhole(domain)
            await trial.expect(.failed, .domain(.awaitReady(domain.isRunning)))
            await trial.expect(.done, .domain(.start(uuid: domain.uuid, name: domain.name)))
            await trial.expect(.done, .domain(.awaitReady(domain.isRunning)))
            await trial.expect(.done, .domain(.awaitReady(domain.isRunning)))
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.mark?.wasReady == true, "its mark does not say that it was ready")
        },
    ]

    /// One of each kind of change that a domain can be asked for.
    private static func everything(on domain: DomainDefinition) -> [Reconciler.Operation] {
        let (uuid, name) = (domain.uuid, domain.name)
        return [
            .domain(.finishCreation(uuid: uuid, name: name)), .domain(.start(uuid: uuid, name: name)),
            .domain(.stop(uuid: uuid, name: name, timeout: .zero, force: true)),
            .domain(.setAutostart(uuid: uuid, name: name, autostart: false)),
            .domain(.setProtect(uuid: uuid, name: name, protect: true)),
            .domain(.markDeleting(uuid: uuid, name: name)), .domain(.undefine(uuid: uuid, name: name)),
            .snapshot(.create(uuid: uuid, name: name, snapshot: "s", withMemory: false)),
            .snapshot(.revert(uuid: uuid, name: name, snapshot: "s")),
            .snapshot(.delete(uuid: uuid, name: name, snapshot: "s")),
            .update(DomainUpdate(uuid: uuid, name: name, action: .record(["vcpus": "2"]))),
            .update(
                DomainUpdate(
                    uuid: uuid, name: name, action: .edit(DomainEdit(items: [.vcpus(2)], mark: domain.mark)))),
            .update(DomainUpdate(uuid: uuid, name: name, action: .keepState)),
            .update(DomainUpdate(uuid: uuid, name: name, action: .clearTrial(files: []))),
            domain.roleRemoval,
        ]
    }
}

extension Reconciler.Operation {
    /// A domain that is off needs no stop, whatever the plan was made for.
    fileprivate var isStopping: Bool {
        if case .domain(.stop) = self { true } else { false }
    }
}

extension DomainDefinition {
    /// Waits for its machine alone.
    var isRunning: ReadinessCheck {
        ReadinessCheck(
            uuid: uuid, name: name, ready: Readiness(when: .running, timeout: .seconds(5)), addresses: [])
    }
}

extension Trial {
    /// Defines a domain behind kvmctl's back, with its files.
    func makeWhole(_ domain: DomainDefinition, on other: (any ContractNode)? = nil) async throws {
        let node = other ?? node
        for path in domain.disks.map(\.path) + [domain.seedPath] { try await node.makeDisk(path) }
        try await node.define(domain)
    }
}

import Reconciler
import Spec

extension Scenario {
    static let definitions: [Scenario] = [
        Scenario(
            "a domain is defined once",
            impossible: [.testDriver: "it takes domains of the type test alone, which kvmctl never defines"]
        ) { trial in
            let domain = Things.domain("a", in: trial.node.folder, autostart: true)
            await trial.expectOnce(.domain(.define(domain)), expecting: .absent)
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.mark == domain.mark, "it has another mark")
            trial.check(seen?.autostart == true, "it does not start with its node")
        },
        Scenario("the definition of an earlier try is kept") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.node.define(domain)
            await trial.expect(.unchanged, .domain(.define(domain)), expecting: .absent)
        },
        Scenario("a domain that appeared after the plan was made is not defined over") { trial in
            let domain = Things.domain("a", in: trial.node.folder)
            try await trial.node.define(domain)
            var other = domain
            other.mark.applied["vcpus"] = "2"
            await trial.expect(.skipped, .domain(.define(other)), expecting: .absent)
            other.uuid = UniqueID(derivedFrom: "another")
            other.mark.uuid = other.uuid
            await trial.expect(.skipped, .domain(.define(other)), expecting: .absent)
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.mark == domain.mark, "its mark was changed")
        },
    ]

    static let adoption: [Scenario] = [
        Scenario("a domain without a mark is adopted once") { trial in
            var mark = try await trial.makeUnmarked().mark
            mark.isAdopted = true
            guard let planned = await trial.domain(mark.uuid) else { return }
            trial.check(planned.mark == nil, "it has a mark before")
            await trial.expectOnce(
                .domain(.adopt(uuid: mark.uuid, name: planned.name, mark: mark)),
                expecting: .unchanged(fingerprint: planned.fingerprint))
            let seen = await trial.domain(mark.uuid)
            trial.check(seen?.mark == mark, "it has another mark")
        },
        Scenario("a domain that was changed after the plan was made is not adopted") { trial in
            let domain = try await trial.makeUnmarked()
            guard let planned = await trial.domain(domain.uuid) else { return }
            try await trial.node.setAutostart(ofDomain: domain.uuid)
            await trial.expect(
                .skipped, .domain(.adopt(uuid: domain.uuid, name: domain.name, mark: domain.mark)),
                expecting: .unchanged(fingerprint: planned.fingerprint))
            let seen = await trial.domain(domain.uuid)
            trial.check(seen?.mark == nil, "it has a mark")
        },
    ]
}

extension Trial {
    /// A domain of somebody who does not know kvmctl, and the definition with the mark that it could get.
    fileprivate func makeUnmarked() async throws -> DomainDefinition {
        let domain = Things.domain("a", in: node.folder)
        try await makeWhole(domain)
        try await node.unmark(domain.uuid)
        return domain
    }
}

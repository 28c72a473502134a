import Libvirt
import Reconciler
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("Adopting and snapshots")
struct AdoptionStepTests {
    @Test("a domain without a mark is marked once, and nothing else of its definition changes")
    func adopts() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("old")
            let id = try domain.uuid.libvirt
            try await test.define(domain)
            let kind = MetadataKind.element(uri: MarkFormat.namespace, prefix: MarkFormat.prefix)
            try await test.libvirt.setMetadata(kind, to: nil, ofDomain: id, affecting: .config)
            let before = try #require(try await test.node.connection.domain(domain.uuid))
            #expect(before.mark == nil)
            let plain = try await test.libvirt.domainXML(id, [.inactive])
            var mark = domain.mark
            mark.isAdopted = true
            let adopt = Reconciler.Operation.domain(.adopt(uuid: domain.uuid, name: domain.name, mark: mark))
            let expected = Step.Expectation.unchanged(fingerprint: before.fingerprint)
            #expect(try await test.perform(adopt, expecting: expected) == .done)
            #expect(try await test.perform(adopt, expecting: expected) == .unchanged)
            let after = try #require(try await test.node.connection.domain(domain.uuid))
            #expect(after.mark == mark)
            // Its disks are known by their target, and the seed, which is read-only, is nobody's.
            #expect(after.disks.filter { !$0.isReadOnly }.allSatisfy { $0.name == $0.target })
            try await test.libvirt.setMetadata(kind, to: nil, ofDomain: id, affecting: .config)
            #expect(try await test.libvirt.domainXML(id, [.inactive]) == plain)
        }
    }

    @Test("what somebody marked or changed in the meantime is left alone")
    func changedMeanwhile() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("old", cluster: ClusterIdentity(name: name("other")))
            try await test.define(domain)
            var mark = domain.mark
            mark.cluster = Samples.cluster
            mark.isAdopted = true
            let result = try await test.perform(.domain(.adopt(uuid: domain.uuid, name: domain.name, mark: mark)))
            guard case .skipped = result else {
                Issue.record("\(result)")
                return
            }
            #expect(try await test.node.connection.domain(domain.uuid)?.mark == domain.mark)
        }
    }

    @Test("a snapshot is taken, gone back to and deleted, each once")
    func snapshots() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let domain = test.instance("a")
            let (uuid, name) = (domain.uuid, domain.name)
            try await test.define(domain)
            let create = Reconciler.Operation.snapshot(
                .create(uuid: uuid, name: name, snapshot: "s", withMemory: false))
            #expect(try await test.perform(create) == .done)
            #expect(try await test.perform(create) == .unchanged)
            #expect(try await test.node.connection.domains().first?.snapshots.map(\.name) == ["s"])
            #expect(
                try await test.perform(.domain(.setProtect(uuid: uuid, name: name, protect: !domain.mark.protect)))
                    == .done)
            #expect(try await test.perform(.snapshot(.revert(uuid: uuid, name: name, snapshot: "s"))) == .done)
            #expect(try await test.node.connection.domain(uuid)?.mark?.instance == domain.mark.instance)
            let missing = try await test.perform(.snapshot(.revert(uuid: uuid, name: name, snapshot: "none")))
            #expect(missing == .skipped("\(name) has no snapshot none"))
            let delete = Reconciler.Operation.snapshot(.delete(uuid: uuid, name: name, snapshot: "s"))
            #expect(try await test.perform(delete) == .done)
            #expect(try await test.perform(delete) == .unchanged)
            await #expect(throws: StepError.self) {
                try await test.perform(.snapshot(.create(uuid: uuid, name: name, snapshot: "m", withMemory: true)))
            }
        }
    }
}

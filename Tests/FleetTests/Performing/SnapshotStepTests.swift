import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("Going back to a snapshot") struct SnapshotStepTests {
    /// Takes a snapshot of a domain, and gives it another mark afterwards.
    private func prepare(
        _ test: TestNode, _ change: (inout DomainMark) -> Void
    ) async throws -> (domain: DomainDefinition, now: DomainMark) {
        let domain = test.instance("a")
        try await test.define(domain)
        try await test.libvirt.createSnapshot(
            "<domainsnapshot><name>s</name></domainsnapshot>", ofDomain: domain.uuid.libvirt)
        var mark = domain.mark
        change(&mark)
        let seen = try #require(try await test.node.connection.domain(domain.uuid))
        try await test.node.write(mark, to: seen)
        return (domain, mark)
    }

    @Test("leaves the mark as it is now")
    func mark() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let (domain, now) = try await prepare(test) { mark in
                mark.protect = true
                mark.applied["memory"] = "9GiB"
            }
            #expect(
                try await test.perform(.revertSnapshot(uuid: domain.uuid, name: domain.name, snapshot: "s")) == .done)
            #expect(try await test.node.connection.domain(domain.uuid)?.mark == now)
        }
    }

    @Test("is refused where it would bring back an address or a NIC that others may have by now")
    func addresses() async throws {
        for isRemoved in [false, true] {
            try await TestNode.with { (test: TestNode) async throws in
                let (domain, now) = try await prepare(test) { mark in
                    guard let nic = mark.nics.keys.min() else { return }
                    if isRemoved { mark.nics[nic] = nil } else { mark.nics[nic]?.address = IPv4Address("10.9.9.9") }
                }
                try #require(now.nics != domain.mark.nics)
                let error = await #expect(throws: StepError.self) {
                    try await test.perform(.revertSnapshot(uuid: domain.uuid, name: domain.name, snapshot: "s"))
                }
                #expect("\(String(describing: error))".contains("kvmctl snapshot delete a s"))
                #expect(try await test.node.connection.domain(domain.uuid)?.mark == now)
            }
        }
    }
}

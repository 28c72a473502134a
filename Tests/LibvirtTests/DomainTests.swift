import Foundation
import Libvirt
import Testing

@Suite("Domains")
struct DomainTests {
    @Test("Listing shows each domain's name, state and both XMLs")
    func listing() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.defineDomain(TestNode.domainXML("beta", uuid: TestNode.missingID))
        let domains = try await connection.domainSnapshots()

        #expect(domains.map(\.name) == ["alpha", "beta"])
        #expect(domains.map(\.state) == [.running, .off])
        #expect(domains.map(\.isActive) == [true, false])
        #expect(domains.map { $0.liveXML != nil } == [true, false])
        #expect(domains.allSatisfy { $0.persistent && $0.inactiveXML.contains("<name>\($0.name)</name>") })
        #expect(domains.first?.uuid == TestNode.alphaID)
    }
}

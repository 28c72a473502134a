import Libvirt
import Testing

@Suite("Snapshots")
struct SnapshotTests {
    @Test("A snapshot is listed with its domain, gone back to, and deleted")
    func life() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        #expect(try await connection.domainSummaries().map(\.hasSnapshots) == [false])
        #expect(try await connection.domainSnapshots().map(\.snapshots) == [[]])

        try await connection.createSnapshot(
            "<domainsnapshot><name>before</name></domainsnapshot>", ofDomain: TestNode.alphaID)
        try await connection.createSnapshot(
            "<domainsnapshot><name>after</name></domainsnapshot>", ofDomain: TestNode.alphaID)
        #expect(try await connection.domainSummaries().map(\.hasSnapshots) == [true])
        let snapshots = try #require(try await connection.domainSnapshots().first).snapshots
        #expect(snapshots.map(\.name) == ["after", "before"])
        #expect(snapshots.map(\.isCurrent) == [true, false])
        #expect(try await connection.snapshots(of: [TestNode.alphaID]) == [TestNode.alphaID: snapshots])
        #expect(try await connection.snapshots(of: [TestNode.missingID]).isEmpty)
        #expect(snapshots.allSatisfy { $0.xml.hasPrefix("<domainsnapshot") })

        try await connection.revert(toSnapshot: "before", ofDomain: TestNode.alphaID)
        #expect(try await connection.snapshots(ofDomain: TestNode.alphaID).map(\.isCurrent) == [false, true])
        try await connection.deleteSnapshot("before", ofDomain: TestNode.alphaID)
        let error = await #expect(throws: LibvirtError.self) {
            try await connection.deleteSnapshot("before", ofDomain: TestNode.alphaID)
        }
        #expect(error?.isNoSnapshot == true)
        #expect(try await connection.snapshots(ofDomain: TestNode.alphaID).map(\.name) == ["after"])
    }
}

import Fleet
import Foundation
import Libvirt
import Reconciler
import Spec
import TestDriver
import Testing

@Suite("What libvirt makes of kvmctl's XML")
struct LibvirtAcceptanceTests {
    @Test("domains come back as they were asked for", arguments: [Samples.typical, Samples.maximal])
    func domain(definition: DomainDefinition) async throws {
        try await withConnection { connection in
            _ = try await connection.defineDomain(testType(DomainXML.text(definition)))
            let snapshot = try await #require(
                connection.domainSnapshots().first { UniqueID($0.uuid) == definition.uuid })
            let domain = try ObservedDomain(snapshot)
            expect(domain, isLike: definition)
            #expect(domain.power == .shutOff)
        }
    }

    @Test("networks come back as they were asked for", arguments: [Samples.minimalNetwork, Samples.maximalNetwork])
    func network(definition: NetworkDefinition) async throws {
        try await withConnection { connection in
            _ = try await connection.defineNetwork(NetworkXML.text(definition))
            let snapshot = try await #require(
                connection.networkSnapshots().first { UniqueID($0.uuid) == definition.mark.uuid })
            var network = try ObservedNetwork(snapshot)
            network.autostart = definition.autostart
            expect(network, isLike: definition)
        }
    }

    @Test("a mark set on its own replaces the one in the definition, and changes the fingerprint")
    func metadata() async throws {
        try await withConnection { connection in
            let definition = Samples.typical
            let id = try await connection.defineDomain(testType(DomainXML.text(definition)))
            let before = try await ObservedDomain(#require(connection.domainSnapshots().first { $0.uuid == id }))
            var mark = definition.mark
            mark.phase = .active
            mark.applied["x"] = "\u{1}]]>\n&ü"
            try await connection.setMetadata(
                .element(uri: MarkFormat.namespace, prefix: MarkFormat.prefix), to: mark.metadataText, ofDomain: id,
                affecting: .config)
            let after = try await ObservedDomain(#require(connection.domainSnapshots().first { $0.uuid == id }))
            #expect(after.mark == mark)
            #expect(after.fingerprint != before.fingerprint)
        }
    }

    @Test("pools and volumes come back as they were asked for")
    func storage() async throws {
        try await withConnection { connection in
            _ = try await connection.definePool(PoolXML.text(Samples.pool("kvmctl", "/data/a & b")))
            try await connection.startPool("kvmctl")
            let volume = VolumeDefinition(
                path: "/data/a & b/demo.web-1.root.qcow2", capacity: .gibibytes(10), backingPath: nil,
                owner: Samples.typical.uuid)
            let path = try await connection.createVolume(VolumeXML.text(volume), inPool: "kvmctl")
            let pool = try await #require(connection.poolSnapshots().first { $0.name == "kvmctl" })
            #expect(try ObservedPool(pool)?.path == "/data/a & b")
            #expect(path == volume.path)
            #expect(try await connection.volumeInfo(.path(path)).capacity == volume.capacity.bytes)
        }
    }

    /// The test driver knows only its own type of domain.
    private func testType(_ xml: String) -> String {
        xml.replacing("<domain type=\"kvm\">", with: "<domain type=\"test\">")
    }

    private func withConnection(_ body: (Connection) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "fleet-node-\(UUID()).xml")
        try Data("<node/>".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let connection = try await TestDriver.open(file.path)
        try await body(connection)
        await connection.close()
    }
}

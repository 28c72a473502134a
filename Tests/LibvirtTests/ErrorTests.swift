import Foundation
import Libvirt
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test("An unknown domain is an error with code, call and object")
    func unknownDomain() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let byName = try await #require(throws: LibvirtError.self) { try await connection.domainUUID(named: "nobody") }
        #expect(byName.code == .noDomain && byName.code.rawValue == 42)
        #expect(byName.isNoDomain && byName.isNotFound && !byName.isConnectionLost)
        #expect(byName.domain == .test)
        #expect(byName.level == .error)
        #expect(byName.call == "virDomainLookupByName")
        #expect(byName.object == "domain nobody")
        #expect(byName.description == "virDomainLookupByName failed on domain nobody: \(byName.message)")

        let byUUID = try await #require(throws: LibvirtError.self) {
            try await connection.startDomain(TestNode.missingID)
        }
        #expect(byUUID.isNoDomain)
        #expect(byUUID.object == "domain 99999999-9999-4999-8999-999999999999")
    }

    @Test("The object's name is in the error although libvirt forgets the error when the name is asked for")
    func nameAfterError() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.destroyDomain(TestNode.alphaID)
        let error = try await #require(throws: LibvirtError.self) {
            try await connection.destroyDomain(TestNode.alphaID)
        }
        #expect(error.isInvalidState)
        #expect(error.object == "domain alpha")
        #expect(error.message.contains("not running"))
    }

    @Test("Each kind of missing object has its own code")
    func missing() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let network = try await #require(throws: LibvirtError.self) { try await connection.startNetwork("none") }
        #expect(network.isNoNetwork && network.object == "network none")
        let pool = try await #require(throws: LibvirtError.self) { try await connection.startPool("none") }
        #expect(pool.isNoPool && pool.object == "pool none")
        let volume = try await #require(throws: LibvirtError.self) {
            try await connection.deleteVolume(.name("none", pool: "local"))
        }
        #expect(volume.isNoVolume && volume.object == "volume none in pool local")
        let path = try await #require(throws: LibvirtError.self) {
            try await connection.volumeInfo(.path("/local/none"))
        }
        #expect(path.isNoVolume && path.object == "volume /local/none")
    }

    @Test("XML that does not fit the schema is refused, unless that was not asked for")
    func schema() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let xml = TestNode.domainXML("beta", uuid: TestNode.missingID).replacing("<os>", with: "<surprise/><os>")
        let error = try await #require(throws: LibvirtError.self) { try await connection.defineDomain(xml) }
        #expect(error.code == .xmlInvalidSchema)
        try await connection.defineDomain(xml, validating: false)
    }

    @Test("Text that is no XML is refused with where it breaks")
    func noXML() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let error = try await #require(throws: LibvirtError.self) {
            try await connection.defineNetwork("<network><name>x</network>")
        }
        #expect(error.code == .xmlDetail || error.code == .xmlError)
        #expect(error.call == "virNetworkDefineXML")
    }

    @Test("What a driver cannot do says so")
    func unsupported() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let error = try await #require(throws: LibvirtError.self) {
            try await connection.upload([1, 2, 3], to: .path("/local/old.qcow2"))
        }
        #expect(error.isUnsupported)
    }
}

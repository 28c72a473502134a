import Foundation
import Libvirt
import Testing

@Suite("Pools and volumes")
struct StorageTests {
    @Test("A pool is defined, built, started, refreshed, stopped and removed")
    func poolLife() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let uuid = try await connection.definePool(
            "<pool type='dir'><name>data</name><target><path>/data</path></target></pool>")
        try await connection.buildPool("data")
        try await connection.startPool("data")
        try await connection.setAutostart(true, ofPool: "data")
        try await connection.refreshPool("data")

        let pools = try await connection.poolSnapshots()
        #expect(pools.map(\.name) == ["data", "local"])
        #expect(pools.map(\.state) == [.running, .running])
        #expect(pools.map(\.autostart) == [true, false])
        let data = try #require(pools.first)
        #expect(data.uuid == uuid && data.available > 0 && data.capacity >= data.available)
        #expect(data.xml.contains("<path>/data</path>"))

        try await connection.destroyPool("data")
        #expect(try await connection.poolSnapshots().map(\.state) == [.inactive, .running])
        try await connection.undefinePool("data")
        #expect(try await connection.poolSnapshots().map(\.name) == ["local"])
    }

    @Test(
        "A volume is found by path and by name alike",
        arguments: [VolumeLocation.path("/local/old.qcow2"), .name("old.qcow2", pool: "local")])
    func lookup(location: VolumeLocation) async throws {
        let node = try TestNode()
        let connection = try await node.open()
        #expect(try await connection.volumeInfo(location).capacity == 10 * 1024 * 1024)
    }

    @Test("A name that is taken is refused, and a deleted volume is gone")
    func createAndDelete() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let xml = TestNode.volumeXML("old.qcow2", capacity: 4096)
        let error = try await #require(throws: LibvirtError.self) {
            try await connection.createVolume(xml, inPool: "local")
        }
        #expect(error.message.contains("already exists"))
        #expect(error.object == "pool local")

        try await connection.deleteVolume(.path("/local/old.qcow2"))
        await #expect(throws: LibvirtError.self) { try await connection.volumeInfo(.path("/local/old.qcow2")) }
        #expect(try await connection.createVolume(xml, inPool: "local") == "/local/old.qcow2")
        #expect(try await connection.volumeInfo(.name("old.qcow2", pool: "local")).capacity == 4096)
    }
}

import Foundation
import Libvirt
import Testing

@Suite("Networks")
struct NetworkTests {
    private static let backXML = """
        <network><name>back</name><metadata><mark:owner xmlns:mark='urn:example:mark' cluster='demo'/></metadata>
        <bridge name='virbr8'/><ip address='10.9.8.1' netmask='255.255.255.0'/></network>
        """

    @Test("Listing shows each network's state and both XMLs")
    func listing() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        try await connection.defineNetwork(Self.backXML)
        let networks = try await connection.networkSnapshots()
        #expect(networks.map(\.name) == ["back", "front"])
        #expect(networks.map(\.isActive) == [false, true])
        #expect(networks.map(\.persistent) == [true, true])
        #expect(networks.map { $0.liveXML != nil } == [false, true])
        #expect(networks.map { $0.inactiveXML.contains("<name>\($0.name)</name>") } == [true, true])
    }

    @Test("A network keeps its mark, starts, stops and goes")
    func life() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let uuid = try await connection.defineNetwork(Self.backXML)
        #expect(try await connection.networkXML("back", inactive: true).contains("urn:example:mark"))

        try await connection.startNetwork("back")
        try await connection.setAutostart(true, ofNetwork: "back")
        let back = try await connection.networkSnapshots().first
        #expect(back?.uuid == uuid && back?.isActive == true && back?.autostart == true)

        try await connection.setAutostart(false, ofNetwork: "back")
        try await connection.destroyNetwork("back")
        try await connection.undefineNetwork("back")
        #expect(try await connection.networkSnapshots().map(\.name) == ["front"])
    }

    @Test("A DHCP host is added without a restart, and a second time refused")
    func update() async throws {
        let node = try TestNode()
        let connection = try await node.open()
        let host = "<host mac='52:54:00:00:00:01' name='web' ip='192.168.222.10'/>"
        let update = NetworkUpdate(.addLast, .dhcpHost, xml: host)
        try await connection.updateNetwork("front", update, affecting: [.live, .config])
        let front = try #require(try await connection.networkSnapshots().first)
        #expect(front.inactiveXML.contains(host) && front.liveXML?.contains(host) == true)
        await #expect(throws: LibvirtError.self) {
            try await connection.updateNetwork("front", update, affecting: [.live, .config])
        }

        let removal = NetworkUpdate(.delete, .dhcpHost, xml: "<host mac='52:54:00:00:00:01'/>")
        try await connection.updateNetwork("front", removal, affecting: [.live, .config])
        #expect(try await !connection.networkXML("front", inactive: true).contains("52:54:00:00:00:01"))
    }
}

import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("What a node tells beside libvirt")
struct NodeFactsTests {
    @Test("lines are taken apart, and the roster is all that follows its own")
    func reading() {
        let text = """
            architecture x86_64
            machine 0123abcd
            access closed 1 nfs
            access blocked 1 /srv/a b
            access user x nobody
            memory 2048
            bridge br0
            bridge virbr0
            filtering br0
            switch ovs0 
            switch ovs1 netdev
            port vnet3 virbr0
            route Iface Destination Mask Flags
            route br0 00004D0A 00FFFFFF 0001
            route br0 00000000 00000000 0003
            route wg0 000010AC 0000F0FF 0003
            route ppp0 00000000 00000000 0001
            route down 0000A8C0 00FFFFFF 0000
            route6 br0 fd000000000000010000000000000000 40 00000001
            route6 br0 fe800000000000000000000000000000 40 00000001
            route6 lo fd000000000000010000000000000011 80 80200001
            route6 br0 ff000000000000000000000000000000 08 00000001
            route6 wg0 20010db8000500000000000000000000 30 00000003
            route6 wg0 00000000000000000000000000000000 00 00450003
            route6 wg0 nonsense 30 00000001
            told6 wg0
            address br0 10.77.0.11/24
            address lo 127.0.0.1/8
            address tun0 10.9.0.1
            neighbour 10.0.0.5 52:54:00:00:00:01
            neighbour nonsense
            lock ana@laptop (pid 7) since\u{1b}[31m today
            unheard of
            roster
            {"a": "machine fake\\n"}
            machine fake

            """
        let facts = NodeFacts(reading: Array(text.utf8))
        #expect(facts.machine == "0123abcd")
        #expect(facts.memory == .mebibytes(2))
        #expect(facts.architecture == "x86_64")
        #expect(facts.folders == [FolderAccess(), FolderAccess(closedFileSystem: "nfs", blockedAt: "/srv/a b")])
        #expect(facts.bridges == ["br0", "virbr0"])
        #expect(facts.filteringBridges == ["br0"])
        #expect(facts.switches == ["ovs0": .kernel, "ovs1": .userspace])
        #expect(NodeFacts(reading: Array("switches unknown\nswitch ovs0 \n".utf8)).switches == nil)
        #expect(NodeFacts(reading: []).switches == [:], "there is no Open vSwitch")
        #expect(facts.bridgePorts == ["vnet3": "virbr0"])
        #expect(
            facts.neighbours == [.init(address: Samples.address("10.0.0.5"), mac: Samples.mac("52:54:00:00:00:01"))])
        #expect(
            facts.blocks.map { "\($0.cidr) \($0.interface)\($0.isBehindGateway ? " by a gateway" : "")" } == [
                "10.77.0.0/24 br0", "172.16.0.0/12 wg0 by a gateway", "0.0.0.0/0 ppp0", "127.0.0.0/8 lo",
                "10.9.0.1/32 tun0",
            ])
        #expect(
            facts.blocks6.map {
                "\($0.address)/\($0.prefix) \($0.interface)\($0.isBehindGateway ? " by a gateway" : "")"
            }
                == ["fd00:0:0:1::/64 br0", "2001:db8:5::/48 wg0 by a gateway"])
        #expect(facts.toldRoutes6 == ["wg0"])
        #expect(facts.lockHolder == "ana@laptop (pid 7) since\\u{1b}[31m today")
        #expect(facts.roster == Array("{\"a\": \"machine fake\\n\"}\nmachine fake\n".utf8))
    }

    @Test("this machine answers the script")
    func script() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let facts = try await test.node.connection.facts(Samples.cluster)
            #expect(facts.machine.count == 32)
            #expect(facts.architecture == "x86_64")
            #expect((facts.memory?.bytes ?? 0) > 1 << 28)
            #expect(facts.lockHolder == nil)
            #expect(facts.roster == nil)
        }
    }
}

import Fleet
import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@Suite("The XML of networks")
struct NetworkXMLTests {
    static let samples: [(String, NetworkDefinition)] = [
        ("typical", Samples.typicalNetwork), ("minimal", Samples.minimalNetwork), ("maximal", Samples.maximalNetwork),
        ("routed", Samples.routedNetwork), ("overlay", Samples.overlayNetwork),
        ("dual", Samples.dualNetwork),
    ]

    @Test("is written as reviewed", arguments: samples)
    func golden(name: String, definition: NetworkDefinition) throws {
        try expectGolden(NetworkXML.text(definition), "network-\(name).xml")
    }

    @Test("is valid for libvirt", arguments: samples)
    func valid(name: String, definition: NetworkDefinition) async throws {
        try await withFile(NetworkXML.text(definition)) { path in
            try await expectAccepted(by: "virt-xml-validate", [path, "network"])
        }
    }

    @Test("says the same when it is read", arguments: samples)
    func roundTrip(name: String, definition: NetworkDefinition) throws {
        expect(try read(NetworkXML.text(definition), definition), isLike: definition)
    }

    @Test("has the same fingerprint whatever is reserved in it")
    func reservationsDoNotCount() throws {
        var first = Samples.typicalNetwork
        first.dhcpRange = nil
        var second = first
        second.reservations = Samples.reservations
        let prints = try [first, second].map { try read(NetworkXML.text($0), $0).fingerprint }
        #expect(prints[0] == prints[1])
        second.bridge = "other"
        #expect(try read(NetworkXML.text(second), second).fingerprint != prints[0])
    }

    @Test("has the same fingerprint whichever other nodes carry it")
    func nodesDoNotCount() throws {
        let first = Samples.overlayNetwork
        var second = first
        second.mark.overlay?.peers[name("kvm9")] = Samples.address("10.20.0.19")
        let prints = try [first, second].map { try read(NetworkXML.text($0), $0).fingerprint }
        #expect(prints[0] == prints[1])
    }

    @Test("gets another mark, and nothing else of it changes")
    func marked() throws {
        var other = Samples.overlayNetwork
        let text = NetworkXML.text(other).replacing("<ip ", with: "<dns enable=\"no\"/><ip ")
        other.mark.overlay?.peers = [:]
        let network = try read(try NetworkXML.text(marking: text, of: other.name, by: other.mark), other)
        #expect(network.mark == other.mark)
        #expect(try NetworkXML.text(marking: text, of: other.name, by: other.mark).contains("dns enable"))
    }

    @Test("tells a reservation in one element")
    func reservation() {
        #expect(
            Samples.reservations.map { NetworkXML.text($0) } == [
                #"<host mac="52:54:00:12:34:56" name="web-1" ip="192.168.222.10"/>"#,
                #"<host mac="52:54:00:12:34:57" ip="192.168.222.11"/>"#,
            ])
    }

    @Test("takes the reservations of the running network")
    func liveReservations() throws {
        var live = Samples.typicalNetwork
        live.reservations = Samples.reservations
        let network = try ObservedNetwork(
            uuid: live.mark.uuid, name: live.name, isActive: true, autostart: true,
            inactiveXML: NetworkXML.text(Samples.typicalNetwork), liveXML: NetworkXML.text(live))
        #expect(network.reservations == Samples.reservations)
    }

    @Test("changes what differs and leaves what is not kvmctl's")
    func changing() throws {
        var old = Samples.maximalNetwork
        old.bridge = "virbr9"
        old.dhcpRange = nil
        let foreign = "<dns><host ip=\"192.168.222.9\"><hostname>printer</hostname></host></dns><bridge"
        let xml = NetworkXML.text(old).replacing("<bridge", with: foreign)
        var new = Samples.typicalNetwork
        new.mode = .isolated
        new.gateway = Samples.address("192.168.222.126")
        let text = try NetworkXML.text(changing: xml, to: new)
        let changed = try read(text, new)
        #expect(changed.definition == NetworkShape(new))
        #expect(changed.mark == new.mark)
        #expect(changed.reservations == Samples.reservations, "they stay until they are changed by themselves")
        #expect(text.contains("printer"))
        new.cidr = Samples.cidr("10.0.0.0/24")
        new.gateway = Samples.address("10.0.0.1")
        #expect(try read(try NetworkXML.text(changing: text, to: new), new).reservations == [])
        #expect(try read(try NetworkXML.text(changing: text, to: Samples.minimalNetwork), new).cidr == nil)
        #expect(
            try read(try NetworkXML.text(changing: text, to: Samples.typicalNetwork), new).definition
                == NetworkShape(Samples.typicalNetwork))
    }

    @Test(
        "leads elsewhere where the mode is another, and only there",
        arguments: [Network.Mode.nat, .isolated, .routed(), .routed(device: "eth0"), .routed(device: "eth1")])
    func forwarding(mode: Network.Mode) throws {
        // As libvirt tells a network that leads through one interface.
        let routed = NetworkXML.text(Samples.routedNetwork).replacing(
            #"<forward dev="eth0" mode="route"/>"#,
            with: #"<forward dev="eth0" mode="route"><interface dev="eth0"/></forward>"#)
        for xml in [routed, NetworkXML.text(Samples.typicalNetwork), NetworkXML.text(Samples.minimalNetwork)] {
            var new = Samples.typicalNetwork
            new.mode = mode
            let text = try NetworkXML.text(changing: xml, to: new)
            #expect(try read(text, new).definition == NetworkShape(new))
            #expect(text.contains("<interface") == (mode == .routed(device: "eth0") && xml == routed), "\(text)")
        }
    }

    @Test("gets IPv6 and loses it again, and what its mode has beside stays")
    func dual() throws {
        let ports = "<forward mode=\"nat\"><nat><port start=\"1024\" end=\"65535\"/></nat></forward>"
        let xml = NetworkXML.text(Samples.typicalNetwork).replacing("<forward mode=\"nat\"/>", with: ports)
        #expect(xml.contains(ports))
        let dual = try NetworkXML.text(changing: xml, to: Samples.dualNetwork)
        #expect(try read(dual, Samples.dualNetwork).definition == NetworkShape(Samples.dualNetwork))
        #expect(dual.contains("<port start=\"1024\" end=\"65535\"/>"), "\(dual)")
        let left = with(Samples.typicalNetwork) { $0.leavesIPv6 = true }
        let byHand = try NetworkXML.text(changing: dual, to: left)
        #expect(byHand.contains("fd00:0:0:1::1") && byHand.contains("ipv6=\"yes\""), "\(byHand)")
        #expect(try read(byHand, left).definition?.fits(left) == true)
        let isolated = with(Samples.dualNetwork) { $0.mode = .isolated }
        #expect(NetworkShape(isolated).fields["nat of IPv6"] == nil)
        for wanted in [isolated, Samples.typicalNetwork, Samples.minimalNetwork, Samples.dualNetwork] {
            let text = try NetworkXML.text(changing: dual, to: wanted)
            #expect(try read(text, wanted).definition == NetworkShape(wanted), "\(text)")
            #expect(try NetworkXML.text(changing: text, to: wanted) == text)
        }
    }

    private func with(_ network: NetworkDefinition, _ change: (inout NetworkDefinition) -> Void) -> NetworkDefinition {
        var changed = network
        change(&changed)
        return changed
    }

    @Test("tells what is defined from what runs")
    func liveShape() throws {
        var live = Samples.typicalNetwork
        live.mode = .isolated
        let network = try ObservedNetwork(
            uuid: live.mark.uuid, name: live.name, isActive: true, autostart: true,
            inactiveXML: NetworkXML.text(Samples.typicalNetwork), liveXML: NetworkXML.text(live))
        #expect(network.definition == NetworkShape(Samples.typicalNetwork))
        #expect(network.live == NetworkShape(live))
    }

    private func read(_ xml: String, _ definition: NetworkDefinition) throws -> ObservedNetwork {
        try ObservedNetwork(
            uuid: definition.mark.uuid, name: definition.name, isActive: false, autostart: definition.autostart,
            inactiveXML: xml)
    }
}

/// Compares what was read of a network with what was asked for.
func expect(
    _ network: ObservedNetwork, isLike definition: NetworkDefinition,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(network.mark == definition.mark, sourceLocation: sourceLocation)
    #expect(network.markProblem == nil, sourceLocation: sourceLocation)
    #expect(network.name == definition.name, sourceLocation: sourceLocation)
    #expect(network.cidr == definition.cidr, sourceLocation: sourceLocation)
    #expect(network.bridge == definition.bridge, sourceLocation: sourceLocation)
    #expect(network.definition == NetworkShape(definition), sourceLocation: sourceLocation)
    #expect(network.reservations == definition.reservations, sourceLocation: sourceLocation)
    #expect(network.autostart == definition.autostart, sourceLocation: sourceLocation)
}

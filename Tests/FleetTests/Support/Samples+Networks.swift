import Reconciler
import Spec
import TestNames

extension Samples {
    static func networkMark(_ network: String) -> NetworkMark {
        NetworkMark(
            cluster: cluster, part: name("main"), network: name(network), uuid: names.networkUUID(name(network)),
            applied: ["mode": "nat"])
    }

    static let reservations = [
        Reservation(mac: mac("52:54:00:12:34:56"), address: address("192.168.222.10"), name: "web-1"),
        Reservation(mac: mac("52:54:00:12:34:57"), address: address("192.168.222.11"), name: ""),
    ]

    static var typicalNetwork: NetworkDefinition {
        NetworkDefinition(
            name: "demo.front", mark: networkMark("front"), mode: .nat, bridge: names.bridge(name("front")),
            bridgeMAC: names.bridgeMAC(name("front")), cidr: cidr("192.168.222.0/24"),
            gateway: address("192.168.222.1"),
            dhcpRange: AddressRange(from: address("192.168.222.100"), to: address("192.168.222.200")), hasDHCP: true,
            reservations: [])
    }

    /// Led through one interface.
    static var routedNetwork: NetworkDefinition {
        var network = typicalNetwork
        network.mode = .routed(device: "eth0")
        network.mark.applied["mode"] = network.mode.text
        return network
    }

    /// Carried between three nodes, each of which is the gateway of its guests.
    static var overlayNetwork: NetworkDefinition {
        var network = typicalNetwork
        network.name = "demo.far"
        network.mark = networkMark("far")
        network.mode = .vxlan(42, isHidden: true)
        network.mtu = 1450
        network.mark.applied["mode"] = network.mode.text
        network.mark.overlay = Overlay(
            device: "kx6782", number: 42, mtu: 1450, address: address("10.20.0.11"),
            peers: [name("kvm3"): address("10.20.0.13"), name("kvm2"): address("10.20.0.12")])
        return network
    }

    /// With IPv6, which its node hides as well.
    static var dualNetwork: NetworkDefinition {
        var network = typicalNetwork
        network.gateway6 = IPv6Address("fd00:0:0:1::1")
        network.cidr6 = network.gateway6.map { CIDR6(containing: $0) }
        return network
    }

    /// Isolated, with nothing of its own.
    static var minimalNetwork: NetworkDefinition {
        NetworkDefinition(
            name: "demo.quiet", mark: networkMark("quiet"), mode: .isolated, bridge: names.bridge(name("quiet")),
            bridgeMAC: names.bridgeMAC(name("quiet")), cidr: nil, gateway: nil, dhcpRange: nil, hasDHCP: false,
            reservations: [], autostart: false)
    }

    /// A range, reservations, a prefix that is no class, and text that XML has to escape.
    static var maximalNetwork: NetworkDefinition {
        var network = typicalNetwork
        network.mark.cluster = ClusterIdentity(name: name("demo"), id: "<7f3a>")
        network.mark.applied = ["dns": "1.1.1.1\n\"8.8.8.8\"", "a\\b": ""]
        network.cidr = cidr("192.168.222.0/25")
        network.dhcpRange = AddressRange(from: address("192.168.222.100"), to: address("192.168.222.120"))
        network.reservations = reservations
        return network
    }
}

import Reconciler
import Spec
import TestNames
import TestTools
import Testing

/// By which address a node gets at what its guest serves, and whether it can.
@Suite("Reaching guests") struct GuestReachTests {
    static let table: [(words: String, text: String, seen: String?, reach: GuestReach)] = [
        ("one NIC", "networks: [front]", nil, .init(address: IPv4Address("10.1.0.9"))),
        (
            "a NIC in an overlay that leads nowhere comes first", "networks: [back, front]", nil,
            .init(address: IPv4Address("10.1.0.9"))
        ),
        ("an overlay with a gateway", "networks: [outer, front]", nil, .init(address: IPv4Address("10.3.0.9"))),
        (
            "nothing but an overlay that leads nowhere", "networks: [back]", nil,
            .init(address: IPv4Address("10.2.0.9"), isShut: true)
        ),
        (
            "an address that somebody else gives, beside one in an overlay that leads nowhere", "networks: [back, lan]",
            "10.4.0.77", .init(address: IPv4Address("10.2.0.9"), isShut: true)
        ),
        (
            "an address that somebody else gives", "networks: [lan]", "10.4.0.77",
            .init(address: IPv4Address("10.4.0.77"))
        ),
        ("no address", "networks: [lan]", nil, .init(address: nil, isShut: true)),
        (
            "a firewall", "networks: [front], firewall: {ingress: [{from: front, ports: [80]}]}", nil,
            .init(address: IPv4Address("10.1.0.9"), isShut: true)
        ),
        (
            "a firewall that lets everybody in", "networks: [front], firewall: {egress: []}", nil,
            .init(address: IPv4Address("10.1.0.9"))
        ),
    ]

    @Test("An address is taken that the node can connect to, where there is one", arguments: table.indices)
    func reach(index: Int) throws {
        let (words, text, seen, wanted) = Self.table[index]
        let cluster = try cluster(
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: n1}}
            images: {disk: {source: disk.qcow2}}
            networks:
              front: {mode: nat, cidr: 10.1.0.0/24}
              back: {mode: vxlan, vni: 42, cidr: 10.2.0.0/24}
              outer: {mode: vxlan, vni: 43, cidr: 10.3.0.0/24, gateway: 10.3.0.1}
              lan: {mode: bridge, bridge: br0}
            instances:
              a: {image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB, \(text)}
            """)
        let instance = try #require(cluster.instances[name("a")])
        let networks = Dictionary(uniqueKeysWithValues: instance.nics.map { ($0.name, $0.network.text) })
        let addresses = ["front": "10.1.0.9", "back": "10.2.0.9", "outer": "10.3.0.9"]
        let reach = cluster.reach(of: instance, seen: seen.flatMap(IPv4Address.init)) { nic in
            networks[nic].flatMap { addresses[$0] }.flatMap(IPv4Address.init)
        }
        #expect(reach == wanted, "\(words)")
    }
}

/// Networks with IPv6 ranges that are wrong.
enum IPv6Cases {
    private static func spec(_ networks: String, _ more: String = "") -> String {
        "networks: {\(networks)}\ninstances: {}\n" + more
    }

    static let all: [SpecCase] = [
        SpecCase(
            "ranges in networks of every kind",
            spec(
                """
                a: {mode: nat, cidr: 10.1.0.0/24, cidr6: "fd00:0:0:1::/64"}, \
                b: {mode: isolated, cidr: 10.2.0.0/24, cidr6: "fd00:0:0:2::/64", gateway6: "fd00:0:0:2::fe"}, \
                c: {mode: vxlan, vni: 7, cidr: 10.3.0.0/24, gateway: 10.3.0.1, cidr6: "fd00:0:0:3::/64"}, \
                d: {mode: bridge, bridge: br1, cidr: 10.4.0.0/24, cidr6: "2001:db8:0:4::/64", gateway6: "fe80::1"}
                """), gives: []),
        SpecCase(
            "a range of IPv6 at cidr", spec("a: {mode: isolated, cidr: \"fd00::/64\"}"),
            gives: [
                "f:2:38: error: cidr: expected a network such as 10.0.0.0/24, found \"fd00::/64\"; write an IPv6 network at cidr6, beside cidr"
            ]),
        SpecCase(
            "a range of IPv4 at cidr6", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: 10.2.0.0/24}"),
            gives: [
                "f:2:58: error: cidr6: expected an IPv6 network such as fd00:0:0:1::/64, found \"10.2.0.0/24\"; write an IPv4 network at cidr"
            ]),
        SpecCase(
            "a range that is smaller", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/80\"}"),
            gives: [
                "f:2:58: error: cidr6: expected the prefix /64, found /80; guests choose addresses by advertisement in networks of /64 only: give the network one of its own"
            ]),
        SpecCase(
            "a range that is larger", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/48\"}"),
            gives: [
                "f:2:58: error: cidr6: expected the prefix /64, found /48; guests choose addresses by advertisement in networks of /64 only: give the network one of its own"
            ]),
        SpecCase(
            "a host's bits", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::7/64\"}"),
            gives: [
                "f:2:58: error: cidr6: fd00::7/64 is an address in a network, not the network itself; write fd00::/64"
            ]),
        SpecCase(
            "the link's own range", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fe80::/64\"}"),
            gives: [
                "f:2:58: error: cidr6: fe80::/64 cannot be a guest network: its addresses are for the hosts of one link, which choose such addresses themselves; use a part of fd00::/8, such as fd00:0:0:1::/64"
            ]),
        SpecCase(
            "multicast", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"ff02::/64\"}"),
            gives: [
                "f:2:58: error: cidr6: ff02::/64 cannot be a guest network: its addresses are for multicast; use a part of fd00::/8, such as fd00:0:0:1::/64"
            ]),
        SpecCase(
            "the loopback's range", spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"::/64\"}"),
            gives: [
                "f:2:58: error: cidr6: ::/64 cannot be a guest network: its addresses are the range of the loopback and of written IPv4 addresses; use a part of fd00::/8, such as fd00:0:0:1::/64"
            ]),
        SpecCase(
            "a range without IPv4", spec("a: {mode: isolated, cidr6: \"fd00::/64\"}"),
            gives: [
                "f:2:39: error: the network \"a\" has cidr6 but no cidr, from which the hosts' numbers come; add cidr:"
            ]),
        SpecCase(
            "a gateway without a range", spec("a: {mode: isolated, cidr: 10.1.0.0/24, gateway6: \"fd00::1\"}"),
            gives: ["f:2:61: error: the network \"a\" has gateway6 but no cidr6; add cidr6:"]),
        SpecCase(
            "a gateway elsewhere",
            spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/64\", gateway6: \"fd01::1\"}"),
            gives: [
                "f:2:81: error: gateway6: fd01::1 is outside its network fd00::/64 (the network: f:2:58)"
            ]),
        SpecCase(
            "a gateway that is the network",
            spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/64\", gateway6: \"fd00::\"}"),
            gives: [
                "f:2:81: error: gateway6: fd00:: is the address of the network fd00::/64 itself (the network: f:2:58)"
            ]),
        SpecCase(
            "a gateway of the link where kvmctl makes the network",
            spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/64\", gateway6: \"fe80::1\"}"),
            gives: [
                "f:2:81: error: gateway6: fe80::1 is outside its network fd00::/64 (the network: f:2:58)"
            ]),
        SpecCase(
            "a gateway with its prefix",
            spec("a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/64\", gateway6: \"fd00::1/64\"}"),
            gives: [
                "f:2:81: error: gateway6: expected an IPv6 address such as fd00::1, found \"fd00::1/64\"; write \"fd00::1\" without the prefix"
            ]),
        SpecCase(
            "a gateway in an overlay",
            spec("a: {mode: vxlan, vni: 7, cidr: 10.1.0.0/24, cidr6: \"fd00::/64\", gateway6: \"fd00::1\"}"),
            gives: [
                "f:2:86: error: gateway6: fd00::1 cannot be the gateway of a network between nodes: each of them would be it; remove gateway6: by IPv6 the guests reach each other only (the network: f:2:63)"
            ]),
        SpecCase(
            "a range twice",
            spec(
                "a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00::/64\"}, b: {mode: isolated, cidr: 10.2.0.0/24, cidr6: \"fd00:0::/64\"}"
            ),
            gives: [
                "f:2:118: error: the network \"b\" has the IPv6 range fd00::/64 of the network \"a\"; give each its own addresses (the other network: f:2:58)"
            ]),
        SpecCase(
            "the address of a node",
            spec(
                "a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: \"fd00:0:0:9::/64\"}",
                "nodes: {far: {address: \"fd00:0:0:9::11\"}}\n"),
            gives: [
                "f:2:58: error: the network \"a\" (fd00:0:0:9::/64) covers the address of the node \"far\", fd00:0:0:9::11; choose another cidr6 (the node: f:4:24)"
            ]),
        SpecCase(
            "an instance beside the gateway",
            """
            networks: {a: {mode: isolated, cidr: 10.1.0.0/24, cidr6: "fd00::/64", gateway6: "fd00::a"}}
            instances: {x: {image: debian, flavor: small, nics: {eth0: {network: a, address: 10.1.0.10}}}}
            """,
            gives: [
                "f:3:82: error: the address 10.1.0.10 has fd00::a beside it, the IPv6 gateway of the network \"a\"; give it another host number (the network: f:2:81)"
            ]),
    ]
}

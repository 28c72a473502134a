/// Firewalls that are wrong.
enum FirewallCases {
    /// An instance with a firewall, beside a group of two.
    private static func spec(_ firewall: String, _ more: String = "") -> String {
        "instances: {lb: {image: debian, flavor: small, count: 2}, a: {firewall: \(firewall), image: debian, flavor: small\(more)}}"
    }

    static let all: [SpecCase] = [
        SpecCase("an empty firewall", spec("{}"), gives: []),
        SpecCase(
            "rules of every kind",
            spec(
                "{ingress: [{from: any, ports: [80]}, {from: 10.0.0.1, protocol: udp}, {from: {members: lb}}, {from: front, ports: [1-9, 22]}], egress: [], addresses: [10.9.0.0/16]}"
            ), gives: []),
        SpecCase(
            "a firewall that is a word", spec("closed"),
            gives: [
                "f:2:73: error: firewall: expected a map, found \"closed\"; write for example firewall: {ingress: [{from: {members: lb}, ports: [8080]}]}"
            ]),
        SpecCase(
            "a key that is none", spec("{inbound: []}"),
            gives: [
                "f:2:74: error: unknown key \"inbound\" in a firewall; known keys are ingress, egress, addresses"
            ]),
        SpecCase(
            "rules that are a map", spec("{ingress: {from: any}}"),
            gives: [
                "f:2:83: error: firewall.ingress: expected a list of rules, found a map; begin each rule with a dash"
            ]),
        SpecCase(
            "rules that are a word", spec("{ingress: any}"),
            gives: [
                "f:2:83: error: firewall.ingress: expected a list of rules, found \"any\""
            ]),
        SpecCase(
            "a rule that is a word", spec("{ingress: [any]}"),
            gives: [
                "f:2:84: error: firewall.ingress.1: expected a map, found \"any\"; write {from: any}"
            ]),
        SpecCase(
            "a rule for nobody", spec("{ingress: [{ports: [80]}]}"),
            gives: [
                "f:2:84: error: firewall.ingress.1: from is missing; expected any, a network such as 10.0.0.0/24, the name of a network, or {members: GROUP}"
            ]),
        SpecCase(
            "to instead of from", spec("{ingress: [{to: any, ports: [80]}]}"),
            gives: [
                "f:2:84: error: firewall.ingress.1: from is missing; expected any, a network such as 10.0.0.0/24, the name of a network, or {members: GROUP}",
                "f:2:85: error: unknown key \"to\" in a rule of ingress; known keys are from, protocol, ports",
            ]),
        SpecCase(
            "from instead of to", spec("{egress: [{from: any}]}"),
            gives: [
                "f:2:83: error: firewall.egress.1: to is missing; expected any, a network such as 10.0.0.0/24, the name of a network, or {members: GROUP}",
                "f:2:84: error: unknown key \"from\" in a rule of egress; known keys are to, protocol, ports",
            ]),
        SpecCase(
            "a port that is a word", spec("{ingress: [{from: any, ports: [http]}]}"),
            gives: [
                "f:2:104: error: firewall.ingress.1.ports: expected a port from 1 to 65535, or a range such as 9000-9100, found \"http\""
            ]),
        SpecCase(
            "ports that are a number", spec("{ingress: [{from: any, ports: 80}]}"),
            gives: [
                "f:2:103: error: firewall.ingress.1.ports: expected a list of ports, found the number 80"
            ]),
        SpecCase(
            "no port", spec("{ingress: [{from: any, ports: []}]}"),
            gives: [
                "f:2:103: error: firewall.ingress.1.ports: expected a port, found an empty list; name a port, or remove ports for all of them"
            ]),
        SpecCase(
            "port 0 and 65536", spec("{ingress: [{from: any, ports: [0, 65536]}]}"),
            gives: [
                "f:2:104: error: firewall.ingress.1.ports: expected a port from 1 to 65535, or a range such as 9000-9100, found the number 0",
                "f:2:107: error: firewall.ingress.1.ports: expected a port from 1 to 65535, or a range such as 9000-9100, found the number 65536",
            ]),
        SpecCase(
            "a range that ends before it begins", spec("{ingress: [{from: any, ports: [90-80]}]}"),
            gives: [
                "f:2:104: error: firewall.ingress.1.ports: the range 90-80 ends before it begins; write 80-90"
            ]),
        SpecCase(
            "a range of three", spec("{ingress: [{from: any, ports: [1-2-3]}]}"),
            gives: [
                "f:2:104: error: firewall.ingress.1.ports: expected a port from 1 to 65535, or a range such as 9000-9100, found \"1-2-3\""
            ]),
        SpecCase(
            "ports of ICMP", spec("{ingress: [{from: any, protocol: icmp, ports: [8]}]}"),
            gives: [
                "f:2:119: error: firewall.ingress.1.ports: icmp has no ports; remove ports"
            ]),
        SpecCase(
            "a protocol that is none", spec("{ingress: [{from: any, protocol: tpc}]}"),
            gives: [
                "f:2:106: error: firewall.ingress.1.protocol: expected one of tcp, udp, icmp, found \"tpc\"; did you mean \"tcp\"?"
            ]),
        SpecCase(
            "a network with host bits", spec("{ingress: [{from: 10.0.0.5/24}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: 10.0.0.5/24 is an address in a network, not the network itself; write 10.0.0.0/24, or 10.0.0.5 for the address alone"
            ]),
        SpecCase(
            "an address that is none", spec("{ingress: [{from: 10.0.0.256}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: expected an address or a network such as 10.0.0.0/24, found \"10.0.0.256\""
            ]),
        SpecCase(
            "an address of IPv6", spec("{ingress: [{from: \"fd00::/8\"}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: expected an address or a network such as 10.0.0.0/24, found \"fd00::/8\"; only IPv4 is supported here"
            ]),
        SpecCase(
            "a peer that is a list", spec("{ingress: [{from: [any]}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: expected any, a network such as 10.0.0.0/24, the name of a network, or {members: GROUP}, found a list"
            ]),
        SpecCase(
            "a peer with another key", spec("{ingress: [{from: {group: lb}}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: members is missing; expected a name",
                "f:2:92: error: unknown key \"group\" in a peer of a firewall; known keys are members",
            ]),
        SpecCase(
            "a network that is not there", spec("{ingress: [{from: fornt}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: there is no network \"fornt\"; did you mean \"front\"?"
            ]),
        SpecCase(
            "a group where a network is meant", spec("{ingress: [{from: lb}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: there is no network \"lb\"; write {members: lb}"
            ]),
        SpecCase(
            "a group that is not there", spec("{ingress: [{from: {members: lbs}}]}"),
            gives: [
                "f:2:91: error: firewall.ingress.1.from: there is no instance or group \"lbs\"; did you mean \"lb\"?"
            ]),
        SpecCase(
            "a network where a group is meant", spec("{egress: [{to: {members: front}}]}"),
            gives: [
                "f:2:88: error: firewall.egress.1.to: there is no instance or group \"front\"; write front"
            ]),
        SpecCase(
            "a network without addresses", spec("{ingress: [{from: dark}]}") + "\nnetworks: {dark: {mode: isolated}}",
            gives: [
                "f:2:91: error: firewall.ingress.1.from: the network \"dark\" has no cidr, so its addresses are unknown; add cidr: to it, or write the addresses here (the network: f:3:12)"
            ]),
        SpecCase(
            "a rule twice", spec("{ingress: [{from: any, ports: [80]}, {from: any, protocol: tcp, ports: [80]}]}"),
            gives: [
                "f:2:110: warning: firewall.ingress.2 has no effect: rule 1 lets all of it through already; remove one of them (the other rule: f:2:84)"
            ]),
        SpecCase(
            "a rule within another",
            spec("{ingress: [{from: 10.0.0.1, ports: [85]}, {from: 10.0.0.0/8, ports: [80-90]}]}"),
            gives: [
                "f:2:84: warning: firewall.ingress.1 has no effect: rule 2 lets all of it through already; remove one of them (the other rule: f:2:115)"
            ]),
        SpecCase(
            "an address that is no address", spec("{addresses: [any]}"),
            gives: [
                "f:2:86: error: firewall.addresses: expected an address or a network such as 10.0.0.0/24, found \"any\""
            ]),
        SpecCase(
            "a server that nobody can wait for",
            spec("{ingress: [{from: {members: lb}, ports: [22]}]}", ", networks: [front], ready: ssh"),
            gives: [
                "f:2:178: error: the instance \"a\" cannot have ready: ssh: its firewall does not let the node in at port 22; add {from: NETWORK, ports: [22]} to its ingress, or write ready: agent (its ingress: f:2:83)"
            ]),
        SpecCase(
            "a firewall that Open vSwitch passes by",
            "networks: {wide: {mode: ovs, bridge: ovs0}}\ninstances: {a: {firewall: {}, image: debian, flavor: small, networks: [wide]}}",
            gives: [
                "f:3:27: error: the instance \"a\" cannot have a firewall: what its NIC eth0 carries in the network \"wide\" of mode ovs passes its node's filter by; remove firewall, or give the NIC a network of another mode (the network: f:2:12)"
            ]),
        SpecCase(
            "a server that its node can wait for",
            spec("{ingress: [{from: front, ports: [20-30]}]}", ", networks: [front], ready: ssh"),
            gives: []),
    ]
}

/// NICs and networks with options that are wrong.
enum NICCases {
    private static let networks = "networks: {back: {mode: isolated, cidr: 10.9.0.0/24, mtu: 1400}}\n"

    private static func spec(_ nics: String, _ more: String = "") -> String {
        networks + "instances: {a: {nics: \(nics), image: debian, flavor: small}}" + more
    }

    static let all: [SpecCase] = [
        SpecCase(
            "options of every kind",
            spec(
                "{eth0: {network: front, mtu: 1400, routes: [{to: 10.0.0.0/8, via: 192.168.222.254}, {to: 10.1.2.3, via: 192.168.222.253}], defaultRoute: true, bandwidth: {in: 100Mbit, out: 1Gbit}}, eth1: {network: back, defaultRoute: false}}"
            ), gives: []),
        SpecCase(
            "a packet that is too small", spec("{eth0: {network: front, mtu: 100}}"),
            gives: ["f:3:52: error: nics.eth0.mtu: expected a number of bytes from 576 to 65486, found the number 100"]),
        SpecCase(
            "a packet larger than its network's", spec("{eth0: {network: back, mtu: 1500}}"),
            gives: [
                "f:3:51: error: eth0 of \"a\" would send packets of 1500 bytes, and the network \"back\" carries 1400; set mtu on the network, or remove it here (the network: f:2:59)"
            ]),
        SpecCase(
            "a packet larger than a NAT network's", spec("{eth0: {network: front, mtu: 9000}}"),
            gives: [
                "f:3:52: error: eth0 of \"a\" would send packets of 9000 bytes, and the network \"front\" carries 1500; set mtu on the network, or remove it here (the network: base:6:12)"
            ]),
        SpecCase("a packet on a bridge that nobody knows", spec("{eth0: {network: lan, mtu: 9000}}"), gives: []),
        SpecCase(
            "routes that are a map", spec("{eth0: {network: front, routes: {to: 10.0.0.0/8}}}"),
            gives: ["f:3:55: error: nics.eth0.routes: expected a list of routes, found a map"]),
        SpecCase(
            "a route that is a text", spec("{eth0: {network: front, routes: [10.0.0.0/8 via 192.168.222.9]}}"),
            gives: [
                "f:3:56: error: nics.eth0.routes: expected a map, found \"10.0.0.0/8 via 192.168.222.9\"; write for example routes: [{to: 10.0.0.0/8, via: 192.168.222.254}]"
            ]),
        SpecCase(
            "a route without a router", spec("{eth0: {network: front, routes: [{to: 10.0.0.0/8}]}}"),
            gives: ["f:3:56: error: nics.eth0.routes: via is missing; expected an IPv4 address such as 10.0.0.5"]),
        SpecCase(
            "a route to a host's bits",
            spec("{eth0: {network: front, routes: [{to: 10.0.0.1/8, via: 192.168.222.9}]}}"),
            gives: [
                "f:3:61: error: nics.eth0.routes.to: 10.0.0.1/8 is an address in a network, not the network itself; write 10.0.0.0/8"
            ]),
        SpecCase(
            "a default route as a route",
            spec("{eth0: {network: front, routes: [{to: 0.0.0.0/0, via: 192.168.222.9}]}}"),
            gives: [
                "f:3:61: error: nics.eth0.routes.to: 0.0.0.0/0 is the default route; write defaultRoute: true on the NIC"
            ]),
        SpecCase(
            "a default route as a word", spec("{eth0: {network: front, routes: [{to: default, via: 192.168.222.9}]}}"),
            gives: [
                "f:3:61: error: nics.eth0.routes.to: expected a network such as 10.0.0.0/8, or an address, found \"default\"; write defaultRoute: true on the NIC"
            ]),
        SpecCase(
            "a router elsewhere", spec("{eth0: {network: front, routes: [{to: 10.0.0.0/8, via: 10.9.0.1}]}}"),
            gives: [
                "f:3:55: error: the route to 10.0.0.0/8 leads through 10.9.0.1, which is outside its network 192.168.222.0/24; name a router in the network \"front\" (the network: base:6:37)"
            ]),
        SpecCase(
            "a route to its own network",
            spec("{eth0: {network: front, routes: [{to: 192.168.222.0/25, via: 192.168.222.9}]}}"),
            gives: [
                "f:3:55: error: the route to 192.168.222.0/25 leads into the network \"front\" itself (192.168.222.0/24); name a network behind the router"
            ]),
        SpecCase(
            "a route to a network that has its own within",
            spec("{eth0: {network: front, routes: [{to: 192.168.0.0/16, via: 192.168.222.9}]}}"), gives: []),
        SpecCase(
            "two routes to one network",
            spec(
                "{eth0: {network: front, routes: [{to: 10.0.0.0/8, via: 192.168.222.9}, {to: 10.0.0.0/8, via: 192.168.222.8}]}}"
            ), gives: ["f:3:55: error: eth0 of \"a\" has two routes to 10.0.0.0/8"]),
        SpecCase(
            "two ways out",
            spec("{eth0: {network: front, defaultRoute: true}, eth1: {network: lan, defaultRoute: true}}"),
            gives: [
                "f:3:103: error: the default route of \"a\" cannot lead through both eth0 and eth1; set defaultRoute: true on one NIC (the other NIC: f:3:61)"
            ]),
        SpecCase(
            "a way out that leads nowhere", spec("{eth0: {network: back, defaultRoute: true}}"),
            gives: [
                "f:3:60: error: the default route of \"a\" leads into the network \"back\", which leads nowhere; choose a NIC in a network with a gateway (the network: f:2:12)"
            ]),
        SpecCase(
            "a way out in words", spec("{eth0: {network: front, defaultRoute: eth0}}"),
            gives: ["f:3:61: error: nics.eth0.defaultRoute: expected true or false, found \"eth0\""]),
        SpecCase(
            "a bandwidth that is a number", spec("{eth0: {network: front, bandwidth: 100}}"),
            gives: [
                "f:3:58: error: nics.eth0.bandwidth: expected a map, found the number 100; write for example bandwidth: {in: 100Mbit, out: 100Mbit}"
            ]),
        SpecCase(
            "a bandwidth that limits nothing", spec("{eth0: {network: front, bandwidth: {}}}"),
            gives: ["f:3:58: error: nics.eth0.bandwidth: it limits nothing; give in, out, or both, or remove it"]),
        SpecCase(
            "a rate in another spelling", spec("{eth0: {network: front, bandwidth: {in: 100mbps}}}"),
            gives: [
                "f:3:63: error: nics.eth0.bandwidth.in: expected a rate such as 100Mbit, in kbit, Mbit or Gbit, found \"100mbps\"; write 100Mbit"
            ]),
        SpecCase(
            "a rate of nothing", spec("{eth0: {network: front, bandwidth: {in: 0Mbit}}}"),
            gives: [
                "f:3:63: error: nics.eth0.bandwidth.in: expected a rate such as 100Mbit, in kbit, Mbit or Gbit, found \"0Mbit\""
            ]),
        SpecCase(
            "a rate in bytes", spec("{eth0: {network: front, bandwidth: {out: 10MB/s}}}"),
            gives: [
                "f:3:64: error: nics.eth0.bandwidth.out: expected a rate such as 100Mbit, in kbit, Mbit or Gbit, found \"10MB/s\""
            ]),
        SpecCase(
            "options in the short form",
            "instances: {a: {networks: {front: {mtu: 1400, defaultRoute: true}}, image: debian, flavor: small}}",
            gives: []),
        SpecCase(
            "domains to look in",
            "networks: {back: {mode: isolated, cidr: 10.9.0.0/24, search: [lab.example, example]}}",
            gives: []),
        SpecCase(
            "domains that are a text", "networks: {back: {mode: isolated, cidr: 10.9.0.0/24, search: lab.example}}",
            gives: ["f:2:62: error: search: expected a list of domains, found \"lab.example\"; write [lab.example]"]),
    ]
}

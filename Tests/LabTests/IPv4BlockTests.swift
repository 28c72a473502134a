import Testing

@testable import Lab

@Suite struct IPv4BlockTests {
    @Test(
        "what is no address or network is not read",
        arguments: [
            "", "default", "10.77.0", "10.77.0.1.2", "10.77.0.256", "10.77.0.1/33", "10.77.0.1/", "10.77..1", "a.b.c.d",
            "10.77.0.1/24/24", "::1",
        ])
    func rejected(text: String) {
        #expect(IPv4Block(text) == nil)
    }

    @Test(
        "networks overlap when one holds the other",
        arguments: [
            ("10.77.0.0/24", "10.77.0.1/24", true),
            ("10.77.0.0/24", "10.77.0.200", true),
            ("10.77.0.0/24", "10.0.0.0/8", true),
            ("10.77.0.0/24", "0.0.0.0/0", true),
            ("10.77.0.0/24", "10.77.1.0/24", false),
            ("10.77.0.1", "10.77.0.2", false),
        ])
    func overlaps(one: String, other: String, expected: Bool) throws {
        let first = try #require(IPv4Block(one))
        let second = try #require(IPv4Block(other))
        #expect(first.overlaps(second) == expected)
        #expect(second.overlaps(first) == expected)
    }

    @Test("the machine's own tables are read, less the lab's bridge and the default route")
    func inUse() {
        let addresses = """
            1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
            4: eth0    inet 192.0.2.2/24 scope global eth0\\       valid_lft forever preferred_lft forever
            9: kl00000001    inet 10.77.0.1/24 scope global kl00000001\\       valid_lft forever preferred_lft forever
            """
        let routes = """
            default via 192.0.2.1 dev eth0
            10.77.0.0/24 dev kl00000001 proto kernel scope link src 10.77.0.1
            172.16.0.0/12 via 192.0.2.1 dev eth0
            192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.2
            """
        let expected = ["127.0.0.1/8", "192.0.2.2/24", "172.16.0.0/12", "192.0.2.0/24"].map { IPv4Block($0) }
        #expect(IPv4Block.inUse(addresses: addresses, routes: routes, except: "kl00000001") == expected)
    }
}

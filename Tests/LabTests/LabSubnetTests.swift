import Testing

@testable import Lab

@Suite struct LabSubnetTests {
    @Test(
        "the first free network is taken, the preferred one before all",
        arguments: [
            (nil, [], 0),
            (nil, ["10.77.0.1/24"], 1),
            (nil, ["10.77.0.1/24", "10.77.1.1/24", "192.168.1.0/24"], 2),
            (nil, ["10.77.0.0/22"], 4),
            (5, ["10.77.0.1/24"], 5),
            (0, ["10.77.0.9"], 1),
        ] as [(Int?, [String], Int)])
    func choose(preferred: Int?, taken: [String], expected: Int) {
        let subnet = LabSubnet.choose(
            preferred: preferred.map(LabSubnet.init(third:)), taken: taken.compactMap { IPv4Block($0) })
        #expect(subnet == LabSubnet(third: expected))
    }

    @Test("there is no network when all of 10.0.0.0/8 is routed elsewhere")
    func none() throws {
        let all = try #require(IPv4Block("10.0.0.0/8"))
        #expect(LabSubnet.choose(preferred: LabSubnet(third: 3), taken: [all]) == nil)
    }

    @Test("addresses follow from the network")
    func addresses() {
        let subnet = LabSubnet(third: 3)
        #expect(subnet.cidr == "10.77.3.0/24")
        #expect(subnet.controller == "10.77.3.1")
        #expect(subnet.address(ofNode: 1) == "10.77.3.11")
        #expect(subnet.address(ofNode: LabNode.limit) == "10.77.3.74")
    }
}

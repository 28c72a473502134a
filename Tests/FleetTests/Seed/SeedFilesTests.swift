import Fleet
import Reconciler
import Spec
import TestNames
import TestTools
import Testing
import YAML

@Suite("The files of a seed")
struct SeedFilesTests {
    @Test("are written as reviewed", arguments: ["minimal", "typical", "maximal"])
    func golden(name: String) throws {
        let sample = try #require(Samples.seeds[name])
        let files = try SeedFiles(sample, rootPasswordHash: sample.rootPassword == nil ? nil : "$6$salt$hash")
        try expectGolden(files.metaData, "seed-\(name)-meta-data.yaml")
        try expectGolden(files.userData, "seed-\(name)-user-data.yaml")
        try expectGolden(files.networkConfig, "seed-\(name)-network-config.yaml")
    }

    @Test("are valid for cloud-init", arguments: ["minimal", "typical", "maximal"])
    func valid(name: String) async throws {
        let sample = try #require(Samples.seeds[name])
        let files = try SeedFiles(sample, rootPasswordHash: sample.rootPassword == nil ? nil : "$6$salt$hash")
        try await withFile(files.userData) { path in
            try await expectAccepted(by: "cloud-init", ["schema", "--config-file", path])
        }
    }

    @Test("a host name with a domain is given as both, and cloud-init takes it")
    func qualifiedName() async throws {
        var seed = try #require(Samples.seeds["typical"])
        seed.hostname = try #require(HostName("s4-controller.lab.example"))
        let files = try SeedFiles(seed, rootPasswordHash: "$6$salt$hash")
        #expect(files.metaData.contains("local-hostname: 's4-controller.lab.example'\n"), "\(files.metaData)")
        let names = "hostname: 's4-controller'\nfqdn: 's4-controller.lab.example'\n"
        #expect(files.userData.contains(names), "\(files.userData)")
        try await withFile(files.userData) { path in
            try await expectAccepted(by: "cloud-init", ["schema", "--config-file", path])
        }
    }

    @Test("only the first NIC with a gateway is the way out")
    func defaultRoute() throws {
        var seed = try #require(Samples.seeds["maximal"])
        let gateways = seed.nics.filter { if case .fixed(_, _, .some, _) = $0.addressing { true } else { false } }
        #expect(gateways.count > 1)
        #expect(try SeedFiles(seed, rootPasswordHash: nil).networkConfig.matches(of: /gateway4/).count == 1)
        seed.nics = []
        #expect(try SeedFiles(seed, rootPasswordHash: nil).networkConfig == "version: 2\nethernets: {}\n")
    }

    @Test("IPv6 leads out where IPv4 does, and no router's word counts where the address is given")
    func dual() async throws {
        var seed = try #require(Samples.seeds["maximal"])
        let gateway = try #require(IPv6Address("fd00:0:0:1::1"))
        for index in [1, 2] {
            seed.nics[index].ipv6 = .init(
                address: CIDR6(containing: gateway).host(UInt64(149 + index)), gateway: gateway)
        }
        let files = try SeedFiles(seed, rootPasswordHash: nil)
        #expect(files.userData.matches(of: /accept_ra/).count == 2, "\(files.userData)")
        try await withFile(files.userData) { path in
            try await expectAccepted(by: "cloud-init", ["schema", "--config-file", path])
        }
        let network = files.networkConfig
        try expectGolden(network, "seed-dual-network-config.yaml")
        #expect(network.matches(of: /gateway6/).count == 1, "\(network)")
        #expect(network.matches(of: /accept-ra: false/).count == 2, "\(network)")
        // The way out by IPv6 may be another NIC's.
        seed.nics[1].ipv6?.gateway = nil
        #expect(SeedDefinition.leader(of: seed.nics) == 1 && SeedDefinition.leader6(of: seed.nics) == 2)
        let other = try SeedFiles(seed, rootPasswordHash: nil).networkConfig
        #expect(other.matches(of: /gateway6/).count == 1, "\(other)")
    }

    @Test("a NIC that is to lead out does, one that is not does not, and routes are set at each boot")
    func routes() async throws {
        var seed = try #require(Samples.seeds["maximal"])
        let route = Route(to: Samples.cidr("10.8.0.0/16"), via: Samples.address("10.78.0.9"))
        seed.nics[0].leadsOut = false
        seed.nics[2].leadsOut = true
        seed.nics[2].routes = [route]
        seed.nics[2].search = [HostName("lab.example")].compactMap(\.self)
        let files = try SeedFiles(seed, rootPasswordHash: nil)
        let network = files.networkConfig
        #expect(network.contains("gateway4: '10.78.0.1'") && !network.contains("10.77.0.1'"), "\(network)")
        #expect(network.contains("route-metric: 4096\n      use-routes: false"), "\(network)")
        #expect(network.contains("search:\n      - 'lab.example'"), "\(network)")
        #expect(network.contains("- to: '10.8.0.0/16'\n      via: '10.78.0.9'"), "\(network)")
        let words = ["routes", "10.8.0.0/16", "via", "10.78.0.9", "dev", "nic1"]
        let command = words.map { "  - '\($0)'\n" }.joined()
        #expect(files.userData.contains("bootcmd:\n- - 'sh'\n"), "\(files.userData)")
        #expect(files.userData.contains(command), "\(files.userData)")
        try await withFile(files.userData) { path in
            try await expectAccepted(by: "cloud-init", ["schema", "--config-file", path])
        }
    }

    @Test(
        "the user's part joins kvmctl's",
        arguments: [
            // A scalar wins, and keeps its spelling.
            ("manage_etc_hosts: yes", "manage_etc_hosts", "yes\n"),
            ("hostname: other.example.org", "hostname", "other.example.org\n"),
            ("write_files: [{path: /a, permissions: 0644}]", "write_files", "- path: /a\n  permissions: 0644\n"),
            // A list follows; what is there already is not said twice.
            ("users: [default, ops]", "users", "- name: 'ops'\n- default\n- ops\n"),
            // What the user says twice stays said twice.
            ("users: [default, default]", "users", "- name: 'ops'\n- default\n- default\n"),
            // A user of the same name is one user.
            ("users: [{name: ops, shell: /bin/ash}]", "users", "  shell: /bin/ash\n"),
            // Maps merge.
            ("chpasswd: {expire: true}", "chpasswd", "expire: true\nusers:\n- name: 'root'\n"),
            // A null takes away what kvmctl would say.
            ("users: null", "users", ""),
        ])
    func merged(text: String, key: String, expected: String) throws {
        var seed = try #require(Samples.seeds["typical"])
        seed.cloudInit = Document(reading: text, file: "a").root
        let files = try SeedFiles(seed, rootPasswordHash: "$6$salt$hash")
        let root = try #require(Document(reading: files.userData, file: "b").root?.mapping)
        let value = try root[key].map { try Emitter.text($0) } ?? ""
        #expect(value.keepingLines(of: expected) == expected, "\(files.userData)")
    }

    @Test("what is no map is refused with its place")
    func noMap() throws {
        var seed = try #require(Samples.seeds["minimal"])
        seed.cloudInit = Document(reading: "- a", file: "web.yaml").root
        let error = #expect(throws: SeedError.self) { try SeedFiles(seed, rootPasswordHash: nil) }
        #expect(error?.cause == "its cloudInit at web.yaml:1:1 is not a map")
    }

    @Test("the network configuration names no MAC that a reader takes for a number")
    func macIsText() throws {
        var seed = try #require(Samples.seeds["minimal"])
        seed.nics = [.init(name: name("eth0"), mac: Samples.mac("52:54:00:12:34:56"), addressing: .dhcp)]
        let text = try SeedFiles(seed, rootPasswordHash: nil).networkConfig
        #expect(text.contains("macaddress: '52:54:00:12:34:56'"))
    }
}

extension String {
    /// The text without the lines that another text does not have.
    fileprivate func keepingLines(of other: String) -> String {
        let wanted = Set(other.split(separator: "\n"))
        return split(separator: "\n").filter { wanted.contains($0) }.map { $0 + "\n" }.joined()
    }
}

import Roles
import Spec
import Testing

/// Nodes, networks and the rest as values, and what variables and paths do to them.
@Suite struct ClusterTests {
    private func cluster(_ text: String, variables: [String: String] = [:]) throws -> Cluster {
        let result = FilesCase("", [("base", SpecCase.base), ("dir/f", "apiVersion: kvmctl/v1\n" + text)], gives: [])
            .load(variables: variables)
        try #require(result.diagnostics.map(\.description) == [])
        return try #require(result.cluster)
    }

    @Test("every field reaches the node, paths as seen from its file")
    func node() throws {
        let text = """
            pools: {fast: {type: dir, path: /fast, shared: true}}
            nodes:
              x:
                address: 10.9.0.1
                user: root
                port: 2222
                identity: ../keys/id
                hostKey: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
                jump: ops@bastion.example.org:2022
                labels: {rack: b}
                state: cordoned
                capacity: {vcpus: 16, memory: 64GiB}
                overcommit: {vcpus: 2.5}
                pools: {fast: {path: /faster/}, local: {path: /data}}
              y: {address: local, identity: ~/.ssh/id}
            """
        let nodes = try cluster(text).nodes
        let node = try #require(nodes.values.first { $0.name.text == "x" })
        #expect(node.address == .host("10.9.0.1"))
        #expect(node.user == "root" && node.port == 2222)
        #expect(node.identity == "keys/id")
        #expect(node.hostKey == "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")
        #expect(node.jump == "ops@bastion.example.org:2022")
        #expect(node.labels == ["rack": "b"])
        #expect(node.state == .cordoned)
        #expect(node.capacityVCPUs == 16 && node.capacityMemory == .gibibytes(64))
        #expect(node.overcommit == Node.Overcommit(vcpus: 2.5, memory: 1))
        let pools = node.pools.values.sorted { $0.name < $1.name }
        #expect(pools.map { "\($0.name) \($0.path) \($0.shared)" } == ["fast /faster true", "local /data false"])
        let other = try #require(nodes.values.first { $0.name.text == "y" })
        #expect(other.address == .local)
        #expect(other.identity == "~/.ssh/id")
    }

    @Test("every field reaches the network")
    func network() throws {
        let text = """
            networks:
              n:
                mode: nat
                cidr: 10.1.0.0/24
                gateway: 10.1.0.254
                addresses: {from: 10.1.0.10, to: 10.1.0.99}
                dhcp: {from: 10.1.0.100, to: 10.1.0.200}
                dns: [9.9.9.9]
              e: {existing: default}
              i: {mode: isolated, dhcp: none}
              b: {mode: bridge, bridge: br7, dhcp: external}
            """
        let networks = try cluster(text).networks
        let network = try #require(networks.values.first { $0.name.text == "n" })
        #expect(network.mode == .nat)
        #expect(network.cidr?.description == "10.1.0.0/24")
        #expect(network.gateway?.description == "10.1.0.254")
        #expect(network.addresses?.description == "10.1.0.10-10.1.0.99")
        #expect(network.dns.map(\.description) == ["9.9.9.9"])
        guard case .range(let range)? = network.dhcp else { throw Unexpected(description: "no DHCP range") }
        #expect(range.description == "10.1.0.100-10.1.0.200")
        let modes = networks.values.sorted { $0.name < $1.name }.map(\.mode)
        #expect(modes == [.bridge("br7"), .existing("default"), .nat, .isolated, .bridge("br0"), .nat])
        #expect(networks.values.first { $0.name.text == "i" }?.dhcp == Network.DHCP.none)
        #expect(networks.values.first { $0.name.text == "b" }?.dhcp == .external)
    }

    @Test("images are files as seen from the spec's folder, or addresses")
    func images() throws {
        let digest = String(repeating: "Ab", count: 32)
        let text = """
            images:
              a: {source: ./../x/debian.qcow2}
              b: {source: /images/debian.qcow2}
              c: {source: 'https://example.org/debian.qcow2', checksum: 'sha256:\(digest)'}
            """
        let images = try cluster(text).images
        let sources = ["a", "b", "c"].map { name in images.values.first { $0.name.text == name }?.source }
        #expect(
            sources == [
                .file("x/debian.qcow2"), .file("/images/debian.qcow2"), .url("https://example.org/debian.qcow2"),
            ])
        #expect(images.values.compactMap(\.checksum?.description) == ["sha256:" + digest.lowercased()])
    }

    @Test("what the command line says of a variable wins over the file")
    func overrides() throws {
        let text = "vars: {size: 1}\ninstances:\n  a:\n    image: debian\n    flavor: small\n    vcpus: ${size}\n"
        let byFile = try cluster(text).instances.values.first { $0.name.text == "a" }
        let byHand = try cluster(text, variables: ["size": "4"]).instances.values.first { $0.name.text == "a" }
        #expect(byFile?.vcpus == 1)
        #expect(byHand?.vcpus == 4)
    }

    @Test("of variable files the later wins, and --var over them")
    func variableFiles() {
        let text = SpecCase.base + "\nx-none: 1\nimages: {x: {source: a}}\n"
        let spec = text.replacing("images: {debian", with: "x-i: {debian").replacing(
            "{source: a}}", with: "{source: \"${one}-${two}-${three}\"}, debian: {source: d}}")
        let result = SpecLoader.load(
            sources: [SpecSource(file: "f", text: spec)], roles: Roles.languages, variables: ["three": "c"],
            variableFiles: [
                SpecSource(file: "v", text: "one: a\ntwo: x\nthree: x\n"), SpecSource(file: "w", text: "two: 2\n"),
            ])
        #expect(result.diagnostics.map(\.description) == [])
        #expect(result.cluster?.images.values.first { $0.name.text == "x" }?.source == .file("a-2-c"))
    }

    @Test("a variable file with mistakes is told with their places")
    func badVariableFile() {
        let result = SpecLoader.load(
            sources: [SpecSource(file: "f", text: SpecCase.base)], roles: Roles.languages,
            variableFiles: [
                SpecSource(file: "v", text: "a b: 1\nlist: [x]\n"), SpecSource(file: "w", text: "- x\n"),
            ])
        #expect(
            result.diagnostics.map(\.description) == [
                "v:1:1: error: \"a b\" is not a variable name; use letters, digits, _ and -, starting with a letter",
                "v:2:7: error: vars.list: expected text, found a list",
                "w:1:1: error: a variable file: expected a map, found a list",
            ])
    }

    @Test("parts: what is used is not managed, and its part is not this run's")
    func parts() throws {
        let result = FilesCase(
            "",
            [
                (
                    "f",
                    "apiVersion: kvmctl/v1\npart: web\nuses: [used/base]\ninstances: {a: {image: debian, flavor: small}}"
                ),
                ("used/base", SpecCase.base),
            ], gives: []
        ).load()
        let cluster = try #require(result.cluster)
        #expect(cluster.parts.map(\.text) == ["web"])
        let instances = cluster.instances.values.sorted { $0.name < $1.name }
        #expect(instances.map { "\($0.name) \($0.part) \($0.isManaged)" } == ["a web true", "first main false"])
        #expect(cluster.networks.values.allSatisfy { $0.part == .main && !$0.isManaged })
    }
}

/// A test's own failure.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

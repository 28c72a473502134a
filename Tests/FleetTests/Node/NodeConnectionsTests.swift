import Foundation
import Libvirt
import Reconciler
import SSH
import Spec
import Synchronization
import TestDriver
import TestNames
import Testing
import YAML

@testable import Fleet

@Suite("Connections from round to round")
struct NodeConnectionsTests {
    /// Two nodes of libvirt's test driver, and which connections were opened to them.
    final class Nodes: Sendable {
        let folder: String
        private let state = Mutex((opened: [Name](), refusing: Set<Name>()))

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "fleet-rounds-\(UUID())").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("<node/>".utf8).write(to: URL(filePath: "\(folder)/node.xml"))
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// The nodes that connections were opened to since the last call, in the order of their names.
        func takeOpened() -> [String] {
            state.withLock { state in
                defer { state.opened = [] }
                return state.opened.map(\.text).sorted()
            }
        }

        /// Has a node refuse connections, or take them again.
        func refuse(_ names: Name...) { state.withLock { $0.refusing = Set(names) } }

        var connections: NodeConnections { connections(ConnectionSettings(configuration: .none) { _ in "" }) }

        /// Connections that read ssh_config, known_hosts and keys in the nodes' folder.
        var connectionsByFiles: NodeConnections {
            connections(
                ConnectionSettings(
                    knownHosts: "\(folder)/known_hosts", configuration: .file("\(folder)/config"),
                    secret: { _ in "" }))
        }

        /// Writes a file that a session is opened by.
        func write(_ text: String, to file: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
        }

        /// Connections of a process that may open so many files.
        func connections(descriptors: Int) -> NodeConnections {
            connections(ConnectionSettings(configuration: .none) { _ in "" }, descriptors: descriptors)
        }

        private func connections(_ settings: ConnectionSettings, descriptors: Int = 1024) -> NodeConnections {
            NodeConnections(settings, descriptors: { descriptors }) { [self] endpoint, settings in
                var settings = settings
                settings.stateFolder = "\(folder)/\(endpoint.name)"
                let isRefused = state.withLock { state in
                    state.opened.append(endpoint.name)
                    return state.refusing.contains(endpoint.name)
                }
                guard !isRefused else { throw NodeUnreachable(.refused, "it refuses", remedy: "Start it.") }
                let libvirt = try await TestDriver.open("\(folder)/node.xml")
                return NodeConnection(
                    endpoint: endpoint, settings: settings,
                    commands: NodeCommands(
                        shell: LocalShell(), node: endpoint.name, log: settings.log),
                    session: nil, forwarding: nil, libvirtURI: TestDriver.uri("\(folder)/node.xml"),
                    changes: LibvirtChannel(connection: libvirt, node: endpoint.name, log: settings.log), readers: [])
            }
        }
    }

    static let first = name("kvm1")
    static let second = name("kvm2")

    static func cluster(_ names: Name...) -> Cluster {
        var cluster = Cluster(name: name("demo"), parts: [name("main")])
        for name in names {
            cluster.nodes[name] = Spec.Node(
                name: name, address: .host(name.text), position: Position(file: "-", line: 1, column: 1))
        }
        return cluster
    }

    /// Runs a round as an apply does, and gives the nodes that answered.
    private func round(_ cluster: Cluster, _ connections: NodeConnections) async throws -> [String] {
        let round = await FleetRound.begin(cluster, over: connections)
        try await round.lock(for: LockOwner(who: "me", since: "now"))
        var answered: [String] = []
        for name in cluster.nodes.keys where await round.node(name) != nil { answered.append(name.text) }
        await round.end()
        return answered.sorted()
    }

    @Test("a second round over the same nodes opens no connection, and can take the lock")
    func unchanged() async throws {
        let nodes = try Nodes()
        let connections = nodes.connections
        let cluster = Self.cluster(Self.first, Self.second)
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == ["kvm1", "kvm2"])
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == [])
        await connections.close()
    }

    @Test("where too few files may be open for all nodes, the last ones are not contacted, and the reason is told")
    func fewDescriptors() async throws {
        let nodes = try Nodes()
        let connections = nodes.connections(descriptors: 96 + 13)
        let round = await FleetRound.begin(Self.cluster(Self.first, Self.second), over: connections)
        #expect(nodes.takeOpened() == ["kvm1"])
        guard case .unknown(let cause) = await round.observe()[Self.second] else {
            Issue.record("kvm2 was contacted")
            return
        }
        #expect(cause.summary == "kvm2: too many files would be open on this machine, so the node is not contacted")
        #expect(cause.remedy.contains("ulimit -n 65536"))
        await round.end()
        await connections.close()
    }

    @Test("a node that is reached in another way is connected to again, and no other one")
    func changedNode() async throws {
        let nodes = try Nodes()
        let connections = nodes.connections
        var cluster = Self.cluster(Self.first, Self.second)
        _ = try await round(cluster, connections)
        _ = nodes.takeOpened()
        cluster.nodes[Self.second]?.user = "admin"
        cluster.nodes[Self.first]?.labels = ["rack": "b"]
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == ["kvm2"])
        await connections.close()
    }

    @Test(
        "a changed ssh_config, known_hosts or key connects to the nodes that it concerns again",
        arguments: [
            ("config", "Host kvm2\n  User admin\n", ["kvm2"]), ("config", "Host other\n  User admin\n", []),
            ("config", "Host *\n  Port 2222\n", ["kvm1", "kvm2"]),
            ("config", "Host kvm2\n  ProxyJump bastion\nHost bastion\n  User admin\n", ["kvm2"]),
            ("known_hosts", "kvm1 ssh-ed25519 AAAA\n", ["kvm1"]),
            ("known_hosts", "@revoked *2 ssh-ed25519 AAAA\n", ["kvm2"]),
            ("known_hosts", "other ssh-ed25519 AAAA\n# kvm1\n", []),
            ("known_hosts", "|1|c2FsdA==|aGFzaA== ssh-ed25519 AAAA\n", ["kvm1", "kvm2"]),
            ("key", "another key", ["kvm2"]), ("key-cert.pub", "a certificate", ["kvm2"]),
        ])
    func changedFiles(file: String, text: String, concerned: [String]) async throws {
        let nodes = try Nodes()
        try nodes.write("a key", to: "key")
        let connections = nodes.connectionsByFiles
        var cluster = Self.cluster(Self.first, Self.second)
        cluster.nodes[Self.second]?.identity = "\(nodes.folder)/key"
        _ = try await round(cluster, connections)
        _ = nodes.takeOpened()
        try nodes.write(text, to: file)
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == concerned)
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == [])
        await connections.close()
    }

    @Test("a node that did not answer is tried again in the next round")
    func failedNode() async throws {
        let nodes = try Nodes()
        let connections = nodes.connections
        let cluster = Self.cluster(Self.first, Self.second)
        nodes.refuse(Self.second)
        #expect(try await round(cluster, connections) == ["kvm1"])
        _ = nodes.takeOpened()
        nodes.refuse()
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == ["kvm2"])
        await connections.close()
    }

    @Test("a connection that was lost is opened again in the next round", arguments: ["libvirt", "shell", "lock"])
    func lost(what: String) async throws {
        let nodes = try Nodes()
        let connections = nodes.connections
        let cluster = Self.cluster(Self.first, Self.second)
        let before = await FleetRound.begin(cluster, over: connections)
        let connection = try #require(await before.node(Self.first)).connection
        switch what {
        case "libvirt": await connection.changes.connection.close()
        case "shell": await connection.commands.shell.cutOff()
        default: connection.cutOff()
        }
        await before.end()
        _ = nodes.takeOpened()
        #expect(try await round(cluster, connections) == ["kvm1", "kvm2"])
        #expect(nodes.takeOpened() == ["kvm1"])
        await connections.close()
    }

    @Test("a node that left the spec, or is off, is connected to no longer")
    func leavingNode() async throws {
        let nodes = try Nodes()
        let connections = nodes.connections
        var cluster = Self.cluster(Self.first, Self.second)
        let before = await FleetRound.begin(cluster, over: connections)
        let left = try #require(await before.node(Self.second)).connection
        await before.end()
        cluster.nodes[Self.second]?.state = .offline
        #expect(try await round(cluster, connections) == ["kvm1"])
        await #expect(throws: (any Error).self) { try await left.changes.call("asking") { try $0.libvirtVersion() } }
        await connections.close()
    }
}

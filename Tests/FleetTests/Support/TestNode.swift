import Foundation
import Glibc
import Libvirt
import Reconciler
import Roles
import Spec
import Subprocess
import Synchronization
import TestDriver
import TestNames
import Testing
import YAML

@testable import Fleet

/// A node of the real driver: libvirt's own test driver, and this machine's shell in a folder of its own.
struct TestNode {
    let node: ConnectedNode
    let libvirt: Libvirt.Connection
    /// Where the node's files are, with nothing else in it.
    let folder: String
    /// What was asked of its libvirt so far.
    let calls: Calls

    var commands: NodeCommands { node.connection.commands }

    /// Makes two nodes, kvm1 and kvm2, that know each other, for the time of a call.
    static func withTwo(_ body: (TestNode, TestNode) async throws -> Void) async throws {
        let peers = Peers()
        try await with("kvm1", peers) { (first: TestNode) async throws in
            try await with("kvm2", peers) { (second: TestNode) async throws in
                for node in [first.node, second.node] { peers.add(node.context) }
                defer { for node in [first.node, second.node] { peers.remove(node.node) } }
                try await body(first, second)
            }
        }
    }

    /// Counts calls, from any task.
    final class Calls: Sendable {
        private let made = Mutex<[String]>([])

        var all: [String] { made.withLock { $0 } }

        func add(_ call: String) { made.withLock { $0.append(call) } }

        /// What is asked while the body runs.
        func during(_ body: () async throws -> Void) async rethrows -> [String] {
            let before = all.count
            try await body()
            return Array(all.dropFirst(before))
        }
    }

    /// Makes a node for the time of a call.
    static func with(
        _ name: String = "kvm1", _ peers: Peers = Peers(), _ body: (TestNode) async throws -> Void
    ) async throws {
        // As kvmctl itself does: to write to a command that is gone is an error of that call and no more.
        signal(SIGPIPE, SIG_IGN)
        let folder = FileManager.default.temporaryDirectory.appending(path: "fleet-node-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = "\(folder).xml"
        try Data("<node/>".utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let libvirt = try await TestDriver.open(file)
        let calls = Calls()
        let spec = Spec.Node(
            name: TestNames.name(name), address: .local, position: Position(file: "-", line: 1, column: 1))
        let settings = ConnectionSettings(stateFolder: "\(folder)/state", roles: Roles.drivers) { _ in "hunter2" }
        let connection = NodeConnection(
            endpoint: NodeEndpoint(spec), settings: settings,
            commands: NodeCommands(shell: LocalShell(), node: spec.name, log: RemoteLog()),
            session: nil, forwarding: nil, libvirtURI: TestDriver.uri(file),
            changes: LibvirtChannel(connection: libvirt, node: spec.name, log: RemoteLog { calls.add($0.call) }),
            readers: [])
        let node = ConnectedNode(connection, NodeRequest(cluster: Samples.cluster), peers: peers)
        do {
            try await body(TestNode(node: node, libvirt: libvirt, folder: folder, calls: calls))
        } catch {
            await node.lock.release()
            await connection.close()
            throw error
        }
        await node.lock.release()
        await connection.close()
    }

    /// Performs one operation as the executor would.
    @discardableResult
    func perform(
        _ operation: Reconciler.Operation, expecting expectation: Step.Expectation = .none
    ) async throws(StepError) -> StepResult {
        let step = Step(
            id: StepID("test"), node: node.node, object: ObjectReference(.node, "kvm1", on: nil), operation: operation,
            expectation: expectation)
        return try await node.perform(step) { _ in }
    }

    /// Defines a domain of ours, or with another cluster's mark, as the test driver takes it.
    func define(_ definition: DomainDefinition) async throws {
        try await libvirt.defineDomain(
            DomainXML.text(definition).replacing("<domain type=\"kvm\">", with: "<domain type=\"test\">"))
    }

    /// A definition whose files are in this node's folder.
    func instance(_ name: String, cluster: ClusterIdentity = Samples.cluster) -> DomainDefinition {
        var domain = Samples.typical
        domain.name = "\(cluster.name).\(name)"
        domain.uuid = ObjectNames(cluster).domainUUID(TestNames.name(name))
        domain.mark.uuid = domain.uuid
        domain.mark.cluster = cluster
        domain.mark.instance = TestNames.name(name)
        domain.disks = [.init(name: "root", path: "\(folder)/\(name).qcow2", serial: nil)]
        domain.seedPath = "\(folder)/\(name).iso"
        return domain
    }

    /// Makes a qcow2 file with QEMU's own tool.
    func makeImage(_ name: String, size: String = "16M", backing: String? = nil) async throws -> String {
        let path = "\(folder)/\(name)"
        let base = backing.map { ["-b", $0, "-F", "qcow2"] } ?? []
        try await expectAccepted(by: "qemu-img", ["create", "-q", "-f", "qcow2"] + base + [path, size])
        return path
    }

    /// The names of all files, hidden ones included, sorted.
    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }
}

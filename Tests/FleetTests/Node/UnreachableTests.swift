import Reconciler
import SSH
import Spec
import TestNames
import Testing
import YAML

@testable import Fleet

@Suite("Why a node is unknown")
struct UnreachableTests {
    private static let key = HostKey(algorithm: "ssh-ed25519", fingerprint: "SHA256:abc")

    @Test(
        "each failure of ssh has its own cause",
        arguments: [
            (SSHError.Reason.nameNotResolved("no such name"), Unreachable.Cause.nameNotResolved),
            (.timeout(.seconds(10), waitingFor: "an answer"), .timeout), (.refused, .refused),
            (.noRoute("No route to host"), .noRoute), (.destinationUnreachable("10.0.0.1:22", why: "no"), .noRoute),
            (.authenticationFailed(methods: ["publickey"], tried: []), .authentication),
            (.unknownHostKey(key, files: [], host: "a", port: 22), .unknownHostKey),
            (.hostKeyChanged(key, files: [], host: "a", port: 22), .changedHostKey),
            (.hostKeyPinMismatch(key, pin: "SHA256:xyz"), .changedHostKey), (.linkLost("silent"), .linkLost),
            (.forwardingForbidden("/run/s"), .forwardingForbidden), (.socketMissing("/run/s"), .noDaemon),
            (.socketDead("/run/s"), .noDaemon), (.socketPermissionDenied("/run/s"), .noPermission),
            (.protocolFailure("no common cipher"), .other),
        ])
    func causes(reason: SSHError.Reason, cause: Unreachable.Cause) {
        let unreachable = Unreachable(node: name("kvm1"), SSHError(target: "root@kvm1", reason: reason))
        #expect(unreachable.cause == cause)
        #expect(unreachable.summary.contains("root@kvm1"))
        #expect(!unreachable.remedy.isEmpty)
    }

    @Test("a fleet with nobody at home is unknown, and one that is off is not asked")
    func fleet() async throws {
        let place = Position(file: "-", line: 1, column: 1)
        var cluster = Cluster(name: name("demo"), parts: [name("main")])
        var refused = Node(name: name("refused"), address: .host("127.0.0.1"), position: place)
        refused.port = 1
        var off = Node(name: name("off"), address: .host("127.0.0.1"), position: place)
        off.state = .offline
        cluster.nodes = [refused.name: refused, off.name: off]
        let connections = NodeConnections(ConnectionSettings(configuration: .none) { _ in "" })
        let fleet = await FleetRound.begin(cluster, over: connections)
        let nodes = await fleet.observe()
        guard case .unknown(let why)? = nodes[refused.name] else {
            Issue.record("nobody listens on port 1")
            return
        }
        #expect(why.cause == .refused)
        #expect(nodes[off.name] == .notContacted)
        let driver = try #require(await fleet.drivers[refused.name])
        let step = Step(
            id: StepID("x"), node: refused.name, object: ObjectReference(.node, "refused", on: nil),
            operation: .roster(.delete))
        let error = await #expect(throws: StepError.self) { try await driver.perform(step) { _ in } }
        #expect(error?.isNodeLost == true)
        #expect(error?.summary == "deleting the roster on refused")
        await fleet.end()
        await connections.close()
    }
}

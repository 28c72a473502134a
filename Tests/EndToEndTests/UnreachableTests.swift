import Foundation
import Testing

extension EndToEnd {
    /// What a plan says of nodes that cannot be reached, each for its own cause.
    @Suite("Unreachable nodes", .serialized) struct UnreachableTests {
        /// One way not to be reached, and how a plan tells it from the others.
        struct Cause: Sendable, CustomTestStringConvertible {
            let name: String
            let cause: String
            var address = "kvm2"
            var nodeText: String?
            var identity: (@Sendable (URL, Lab) async throws -> String)?
            var knownHosts: (@Sendable (URL, Lab) throws -> String)?
            /// A word of the remedy that is this cause's own.
            let remedy: String

            var testDescription: String { name }
        }

        static let causes = [
            Cause(name: "a port where nobody listens", cause: "refused", nodeText: "port: 23", remedy: "sshd"),
            Cause(name: "an address that nobody has", cause: "noRoute", address: "SUBNET.99", remedy: "address"),
            Cause(
                name: "a key that the node does not know", cause: "authentication",
                identity: { folder, _ in
                    let key = folder.appending(path: "stranger").path
                    try await Program.run("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])
                        .expecting()
                    return key
                }, remedy: "key"),
            Cause(
                name: "a host key that nobody vouched for", cause: "unknownHostKey",
                knownHosts: { _, lab in
                    try UnreachableTests.hostKeys(of: lab) { $0.filter { !$0.hasPrefix("\(lab.subnet).12") } }
                },
                remedy: "ssh-keyscan"),
            Cause(
                name: "a host key that is another than before", cause: "changedHostKey",
                knownHosts: { _, lab in
                    try UnreachableTests.hostKeys(of: lab) { lines in
                        // The first node's key in the second one's place.
                        let own = lines.first { $0.hasPrefix("\(lab.subnet).11") } ?? ""
                        let others = lines.filter { !$0.hasPrefix("\(lab.subnet).12") }
                        return others + [own.replacing("\(lab.subnet).11,kvm1", with: "\(lab.subnet).12,kvm2")]
                    }
                }, remedy: "ssh-keygen"),
        ]

        private static func hostKeys(of lab: Lab, _ edit: ([String]) -> [String]) throws -> String {
            let lines = try String(contentsOfFile: lab.environment["KVMCTL_KNOWN_HOSTS"] ?? "", encoding: .utf8)
                .split(separator: "\n").map(String.init)
            return edit(lines).joined(separator: "\n") + "\n"
        }

        private static let spec = "instances:\n  web: {profiles: [blank], node: kvm1, power: off}"

        @Test("A plan tells why a node does not answer, with a remedy, and exits with 7", arguments: causes)
        func told(example: Cause) async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "apart", Self.spec) { cluster in
                var environment: [String: String] = [:]
                if let identity = example.identity {
                    // Only the second node is asked with it: the spec's `identity` yields to the environment's.
                    environment["KVMCTL_IDENTITY"] = try await identity(cluster.folder, lab)
                }
                if let knownHosts = example.knownHosts {
                    let file = cluster.folder.appending(path: "known_hosts")
                    try Data(try knownHosts(cluster.folder, lab).utf8).write(to: file)
                    environment["KVMCTL_KNOWN_HOSTS"] = file.path
                }
                let address = example.address.replacing("SUBNET", with: lab.subnet)
                try cluster.write(
                    Self.spec, nodeText: example.nodeText.map { ["kvm2": $0] } ?? [:],
                    addresses: ["kvm2": lab.address(of: address)])
                let plan = try await cluster.planned(environment: environment, expecting: 7)
                let entry = try #require(plan.unreachableNodes.first { $0.node == "kvm2" }, "\(plan)")
                #expect(entry.cause == example.cause, "\(plan)")
                #expect(entry.remedy.contains(example.remedy), "\(entry)")
                let text = try await cluster.plan(environment: environment, expecting: 7)
                #expect(text.stdout.contains("kvm2"), "\(text)")
                try cluster.write(Self.spec)
            }
        }

        @Test("A node without a running libvirt daemon is told apart, and answers again when it runs")
        func noDaemon() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "daemon", Self.spec) { cluster in
                try await lab.onNode(
                    "kvm2",
                    """
                    set -e
                    pid=$(cat /run/libvirtd.pid); kill "$pid"
                    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
                    rm -f /run/libvirt/libvirt-sock /run/libvirt/libvirt-sock-ro
                    """
                ).expecting()
                let restart = "libvirtd -d && until virsh -q list >/dev/null 2>&1; do sleep 0.2; done"
                do {
                    let plan = try await cluster.planned(expecting: 7)
                    #expect(plan.unreachableNodes.map(\.cause) == ["noDaemon"], "\(plan)")
                    #expect(plan.unreachableNodes.first?.remedy.contains("libvirtd") == true, "\(plan)")
                } catch {
                    _ = try? await lab.onNode("kvm2", restart)
                    throw error
                }
                try await lab.onNode("kvm2", restart).expecting()
                try await cluster.plan(expecting: 0)
            }
        }
    }
}

import Foundation
import Testing

extension EndToEnd {
    /// What many nodes cost this machine.
    @Suite("Many nodes", .serialized) struct ManyNodesTests {
        /// The last parts of 70 more addresses of one node.
        private static let hosts = 181...250

        @Test("A plan reaches 70 nodes where this machine allows 1,024 open files and no more")
        func descriptors() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            let change = { (verb: String) in
                "for i in $(seq \(Self.hosts.lowerBound) \(Self.hosts.upperBound)); do "
                    + "ip address \(verb) \(lab.subnet).$i/32 dev lo; done"
            }
            try await lab.onNode("kvm1", change("add")).expecting()
            do { try await reachesAll(lab) } catch {
                _ = try? await lab.onNode("kvm1", change("del"))
                throw error
            }
            try await lab.onNode("kvm1", change("del")).expecting()
            print("70 nodes: \(ContinuousClock.now - start)")
        }

        private func reachesAll(_ lab: Lab) async throws {
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let nodes = Self.hosts.map { "  n\($0): {address: \(lab.subnet).\($0), user: root}" }
            let spec = """
                apiVersion: kvmctl/v1
                cluster: many
                nodes:
                \(nodes.joined(separator: "\n"))
                networks: {front: {mode: nat, cidr: 192.168.222.0/24}}

                """
            try Data(spec.utf8).write(to: folder.appending(path: "many.yaml"))
            let known = try String(contentsOfFile: lab.environment["KVMCTL_KNOWN_HOSTS"] ?? "", encoding: .utf8)
            let own = try #require(known.split(separator: "\n").first { $0.hasPrefix(lab.address(of: "kvm1") + ",") })
            let key = own.split(separator: " ").dropFirst().joined(separator: " ")
            try Data("\(lab.subnet).* \(key)\n".utf8).write(to: folder.appending(path: "known_hosts"))
            let plan = try Program(
                "/bin/sh",
                [
                    "-c", "ulimit -n 1024; exec \"$@\"", "sh", lab.binary, "plan", "-o", "json", "-f",
                    folder.appending(path: "many.yaml").path,
                ],
                environment: lab.environment.merging([
                    "KVMCTL_KNOWN_HOSTS": folder.appending(path: "known_hosts").path
                ]) { $1 })
            var peak = 0
            while plan.isRunning {
                let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(plan.processIdentifier)/fd")
                peak = max(peak, open?.count ?? 0)
                try await Task.sleep(for: .milliseconds(10))
            }
            // It has reached each, or it would not know that they are one machine.
            let reading = try PlanReading(try await plan.output().expecting(6).stdout)
            #expect(reading.unreachableNodes.isEmpty, "\(reading.unreachableNodes)")
            #expect(reading.refusals.count { $0.reason.contains("are the same machine") } == Self.hosts.count - 1)
            #expect((Self.hosts.count...1000).contains(peak), "\(peak) files open at once")
            print("70 nodes: \(peak) files open at once")
        }
    }
}

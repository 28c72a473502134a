import Foundation
import Testing

extension EndToEnd {
    /// Two applies at once, and what becomes of the lock.
    @Suite("The lock", .serialized) struct LockTests {
        /// One that never becomes ready: an apply of it holds the lock for as long as the test likes.
        private static let spec = """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: SUBNET.0/24, gateway: SUBNET.1, addresses: {from: SUBNET.150, to: SUBNET.180}, dhcp: none}
            instances:
              deaf: {profiles: [blank], networks: [lan], node: kvm1, ready: {when: address, timeout: 10m}}
            """

        private func spec(_ lab: Lab) -> String { Self.spec.replacing("SUBNET", with: lab.subnet) }

        /// The same instance, without the wait.
        private func patient(_ lab: Lab) -> String {
            spec(lab).replacing("ready: {when: address, timeout: 10m}", with: "ready: running")
        }

        @Test("Of two applies at once one works, and the other says who holds the lock; Ctrl-C gives it back")
        func held() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "locked", spec(lab)) { cluster in
                let first = try cluster.startApply()
                do {
                    #expect(try await first.reached("started", "instance/deaf/ready"))
                    let second = try await cluster.apply(expecting: 4)
                    #expect(second.text.contains("pid \(first.processIdentifier)"), "\(second)")
                    #expect(second.duration < .seconds(20), "it does not wait unless it is asked to: \(second)")
                    // A plan changes nothing, so it needs no lock.
                    _ = try await cluster.planned()

                    let third = try lab.start(
                        ["apply", "-f", cluster.file, "--auto-approve", "--lock-timeout", "1s"])
                    let refused = try await third.output(timeout: .seconds(60))
                    #expect(refused.status == 4, "\(refused)")

                    first.signal(SIGINT)
                    let interrupted = try await first.output(timeout: .seconds(60))
                    #expect(interrupted.status == 130, "\(interrupted)")
                } catch {
                    first.signal(SIGKILL)
                    throw error
                }
                try cluster.write(patient(lab))
                try await cluster.apply()
                try await cluster.expectConverged()
            }
        }

        @Test("A controller that lost its network, not its process, loses the lock within 40 s")
        func cutController() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "severed", spec(lab)) { cluster in
                let island = try await Island.make(lab)
                do {
                    let first = try Program(
                        "/usr/sbin/ip",
                        [
                            "netns", "exec", island.name, lab.binary, "apply", "-f", cluster.file, "--auto-approve",
                            "-o", "json",
                        ], environment: lab.environment)
                    do {
                        #expect(try await first.reached("started", "instance/deaf/ready"))
                        try await island.cut()
                        try cluster.write(patient(lab))
                        // Another run has it within 40 s, or ends with 4.
                        try await cluster.apply("--lock-timeout", "40s")
                        let lost = try await first.output(timeout: .seconds(60))
                        #expect(lost.status == 7, "\(lost)")
                    } catch {
                        first.signal(SIGKILL)
                        throw error
                    }
                } catch {
                    await Task { await island.remove() }.value
                    throw error
                }
                await island.remove()
                try await cluster.expectConverged()
            }
        }
    }
}

/// A network namespace on the lab's bridge: a controller of its own, whose cable can be taken out.
struct Island: Sendable {
    let name: String
    private let cable: String

    static func make(_ lab: Lab) async throws -> Island {
        let island = Island(name: "\(lab.bridge)-is", cable: "\(lab.bridge)is")
        await island.remove()
        try await ip("netns", "add", island.name)
        do {
            try await ip(
                "link", "add", island.cable, "type", "veth", "peer", "name", "eth0", "netns", island.name)
            try await ip("link", "set", island.cable, "master", lab.bridge, "up")
            try await ip("-n", island.name, "address", "add", "\(lab.subnet).200/24", "dev", "eth0")
            try await ip("-n", island.name, "link", "set", "eth0", "up")
            try await ip("-n", island.name, "link", "set", "lo", "up")
        } catch {
            await island.remove()
            throw error
        }
        return island
    }

    /// Nothing comes or goes any more, and no connection is reset.
    func cut() async throws {
        try await Island.ip("link", "set", cable, "nomaster")
    }

    /// Takes it away, where it is there.
    func remove() async {
        for arguments in [["link", "delete", cable], ["netns", "delete", name]] {
            _ = try? await Program.run("/usr/sbin/ip", arguments)
        }
    }

    private static func ip(_ arguments: String...) async throws {
        try await Program.run("/usr/sbin/ip", arguments).expecting()
    }
}

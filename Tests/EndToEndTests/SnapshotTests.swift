import Foundation
import Testing

extension EndToEnd {
    /// Earlier states of an instance, and the loop that keeps it as the spec says.
    @Suite("Snapshots and the loop", .serialized) struct SnapshotTests {
        private func spec(_ lab: Lab, power: String = "on") -> String {
            """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              snap: {profiles: [base], networks: [lan], node: kvm1, power: "\(power)", ready: {when: address, timeout: 10m}}
            """
        }

        @Test("A guest goes back to where it was, memory and disks, and a stopped one to its disks")
        func revert() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await TestCluster.with(lab, "shots", spec(lab)) { cluster in
                try await cluster.apply()
                let read = "cat /proc/sys/kernel/random/boot_id; cat /root/state /run/state"
                let boot = try await lab.inGuest(
                    "snap", of: cluster.file, "echo before | tee /root/state > /run/state; sync; \(read)")
                #expect(boot.stdout.hasSuffix("before\nbefore\n"))
                try await snapshot(cluster, "create", "s1", expecting: 0)
                try await snapshot(cluster, "create", "s1", expecting: 6)
                try await lab.inGuest("snap", of: cluster.file, "echo after | tee /root/state > /run/state; sync")
                    .expecting()
                try await snapshot(cluster, "revert", "s1", "--auto-approve", expecting: 0)
                let after = try await lab.inGuest("snap", of: cluster.file, read)
                #expect(after.stdout == boot.stdout, "boot id, disk and memory are as they were")
                try await cluster.expectConverged()
                let listed = try await list(cluster, "snap")
                #expect(listed.stdout.contains("disks, memory"))
                try await snapshot(cluster, "delete", "s1", expecting: 0)
                try await snapshot(cluster, "delete", "s1", expecting: 0)

                try await whileRunning(cluster)
                try await takenBack(cluster)
                try cluster.write(spec(lab, power: "off"))
                try await cluster.apply()
                try await snapshot(cluster, "create", "cold", expecting: 0)
                try await snapshot(cluster, "revert", "cold", "--auto-approve", expecting: 0)
                try await cluster.expectConverged()
                try await snapshot(cluster, "delete", "cold", expecting: 0)
                let none = try await list(cluster, "-o", "name")
                #expect(none.stdout.isEmpty)
            }
            print("snapshots: \(ContinuousClock.now - start)")
        }

        /// The disks alone of a guest that runs: what was written before is there afterwards, what was written later is not.
        private func whileRunning(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            try await lab.inGuest("snap", of: cluster.file, "rm -f /root/later; echo early > /root/early").expecting()
            try await snapshot(cluster, "create", "s2", "--disks-only", expecting: 0)
            try await snapshot(cluster, "create", "s3", "--disks-only", expecting: 0)
            try await lab.inGuest("snap", of: cluster.file, "echo late > /root/later; sync").expecting()
            try await snapshot(cluster, "delete", "s3", expecting: 0)
            let boot = try await lab.inGuest("snap", of: cluster.file, "cat /proc/sys/kernel/random/boot_id").stdout
            try await snapshot(cluster, "revert", "s2", "--auto-approve", expecting: 0)
            try await cluster.apply()
            let after = try await lab.inGuest(
                "snap", of: cluster.file, "cat /root/early; ls /root/later; cat /proc/sys/kernel/random/boot_id")
            #expect(after.stdout.hasPrefix("early\n") && !after.stdout.contains("later"))
            #expect(!after.stdout.contains(boot), "it was started again")
            try await snapshot(cluster, "delete", "s2", expecting: 0)
        }

        /// Another image that never boots is taken back, and the guest runs as before; what is tried once is not tried again.
        private func takenBack(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            let careful = spec(lab).replacing(
                "profiles: [base]", with: "profiles: [base], snapshotBefore: [replace, update]")
            let impatient = careful.replacing("timeout: 10m", with: "timeout: 90s")
            try cluster.write(impatient.replacing("profiles: [base]", with: "profiles: [base], image: blank"))
            let output = try await cluster.apply("--max-deletes", "1", expecting: 1)
            #expect((output.stdout + output.stderr).contains("was taken back"))
            let after = try await lab.inGuest("snap", of: cluster.file, "cat /root/early; ls /root")
            #expect(after.stdout.hasPrefix("early\n"), "its own disk is back")
            let plan = try await cluster.run("plan")
            #expect(plan.stdout.contains("--retry") && plan.stdout.contains("taken back"))
            try cluster.write(careful)
            try await cluster.apply()
            try await cluster.expectConverged()
            let left = try await lab.onNode("kvm1", "virsh -q snapshot-list shots.snap; ls /var/lib/libvirt/images")
            #expect(!left.stdout.contains("kvmctl-before-change") && !left.stdout.contains("-2."))
        }

        private func list(_ cluster: TestCluster, _ more: String...) async throws -> Output {
            try await Program.run(
                cluster.lab.binary, ["snapshot", "list", "-f", cluster.file] + more,
                environment: cluster.lab.environment, timeout: .seconds(60)
            ).expecting()
        }

        private func snapshot(
            _ cluster: TestCluster, _ verb: String, _ name: String, _ more: String..., expecting status: Int32
        ) async throws {
            try await Program.run(
                cluster.lab.binary, ["snapshot", verb, "snap", name, "-f", cluster.file] + more,
                environment: cluster.lab.environment, timeout: .seconds(120)
            ).expecting(status)
        }

        @Test("The loop repairs what was changed, says a line a round, and ends with Ctrl-C")
        func watch() async throws {
            let lab = try await Lab.up()
            let text = "instances: {w: {profiles: [blank], node: kvm1}}"
            try await TestCluster.with(lab, "watch", text) { cluster in
                let loop = try lab.start(
                    ["apply", "-f", cluster.file, "--auto-approve", "--watch", "--interval", "1s", "-o", "json"])
                try await eventually { loop.outputSoFar.contains("\"round\":2") }
                try await lab.onNode("kvm1", "virsh -q destroy watch.w").expecting()
                try await eventually {
                    try await lab.onNode("kvm1", "virsh -q domstate watch.w").stdout.contains("running")
                }
                loop.signal(SIGINT)
                let output = try await loop.output(timeout: .seconds(60))
                #expect(output.status == 130, "\(output)")
                #expect(
                    output.stdout.contains("\"event\":\"round\"") && output.stdout.contains("\"event\":\"watchEnded\""))
                // It gave the lock back.
                try await cluster.expectConverged()
            }
        }

        private func eventually(_ condition: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while try await !condition() {
                try #require(ContinuousClock.now < deadline)
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}

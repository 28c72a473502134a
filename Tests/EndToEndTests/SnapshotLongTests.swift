import Foundation
import Testing

extension EndToEnd {
    /// Earlier states of an instance, and the loop that keeps it as the spec says.
    @Suite("Snapshots and the loop", .serialized) struct SnapshotLongTests {
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

                try await goesOnFromSavedMemory(cluster, boot.stdout, read)
                try await whileRunning(cluster)
                try await takenBack(cluster)
                try cluster.write(spec(lab, power: "off"))
                try await cluster.apply()
                try await snapshot(cluster, "create", "cold", expecting: 0)
                try await snapshot(cluster, "revert", "cold", "--auto-approve", expecting: 0)
                try await cluster.expectConverged()
                try await keepsAddress(cluster)
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

        /// Another image that never boots is rolled back, also by the run after one that was killed, and not tried again.
        private func takenBack(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            let careful = spec(lab).replacing(
                "profiles: [base]", with: "profiles: [base], imageChange: replace, snapshotBefore: [replace, update]")
            try cluster.write(
                careful.replacing("profiles: [base]", with: "profiles: [base], image: blank")
                    .replacing("timeout: 10m", with: "timeout: 15s"))
            let arguments = ["apply", "-f", cluster.file, "--auto-approve", "--max-deletes", "1", "-o", "json"]
            let first = try lab.start(arguments)
            let isProving: ([RunEvent]) -> Bool = { events in
                events.contains { $0.event == "started" && $0.step?.hasSuffix("snap/ready") == true }
            }
            #expect(isProving(try await first.events(until: isProving)))
            first.signal(SIGKILL)
            _ = try await first.output(timeout: .seconds(20))
            let second = try await cluster.apply("--max-deletes", "1", expecting: 1)
            #expect(second.text.contains("was rolled back"))
            let plan = try await cluster.run("plan")
            #expect(plan.text.contains("--retry") && plan.text.contains("rolled back"))
            let files = "virsh -q snapshot-list shots.snap; ls /var/lib/libvirt/images"
            let left = try await lab.onNode("kvm1", files).expecting().stdout
            #expect(!left.contains("kvmctl-before-change") && !left.contains("-2."))
            try cluster.write(careful)
            try await cluster.apply()
            let after = try await lab.inGuest("snap", of: cluster.file, "cat /root/early; ls /root").expecting()
            #expect(after.stdout.hasPrefix("early\n"), "its own disk is back")
            // What can be done is done, and leaves nothing.
            try cluster.write(careful.replacing("profiles: [base]", with: "profiles: [base], memory: 1200MiB"))
            try await cluster.apply()
            let count = try await lab.inGuest(
                "snap", of: cluster.file, "grep -c 'MemTotal: *1[01]' /proc/meminfo; cat /root/early"
            ).expecting()
            #expect(count.stdout == "1\nearly\n")
            try await cluster.expectConverged()
            #expect(!(try await lab.onNode("kvm1", files).stdout.contains("kvmctl-before-change")))
        }

        /// A guest whose memory was saved goes on from there, before anything of it changes; what would lose the memory is
        /// refused, and a deletion says so.
        private func goesOnFromSavedMemory(_ cluster: TestCluster, _ facts: String, _ read: String) async throws {
            let start = ContinuousClock.now
            let lab = cluster.lab
            let save = "virsh -q managedsave shots.snap"
            func text(memory: String, power: String) -> String {
                spec(lab, power: power).replacing("profiles: [base]", with: "profiles: [base], memory: \(memory)")
            }
            try await lab.onNode("kvm1", save).expecting()
            try cluster.write(text(memory: "320MiB", power: "off"))
            let refused = try await cluster.planned(expecting: 6)
            let words = "its saved memory fits only its current definition: a change would discard it"
            #expect(refused.refusals.map(\.reason) == [words] && refused.steps.isEmpty, "\(refused)")
            #expect(refused.refusals[0].remedy.contains("virsh managedsave-remove shots.snap"), "\(refused)")
            try await cluster.apply(expecting: 6)
            try cluster.write("instances: {}\nnetworks: {lan: {mode: bridge, bridge: br0}}")
            let deletion = try await cluster.plan().stdout
            #expect(deletion.contains("its saved memory is discarded"), "\(deletion)")

            try cluster.write(text(memory: "320MiB", power: "on"))
            let plan = try await cluster.planned()
            #expect(plan.names("start") == ["snap on kvm1"], "\(plan)")
            #expect(plan.changes.contains { $0.details == ["it resumes from its saved memory"] }, "\(plan)")
            #expect(plan.changes.contains { $0.blocked?.contains("it is resumed first") == true }, "\(plan)")
            #expect(plan.changes.count == 2, "\(plan)")
            // What has to wait is no success.
            try await cluster.apply(expecting: 6)
            #expect(
                try await lab.inGuest("snap", of: cluster.file, read).stdout == facts, "it went on, and did not boot")
            // The rest is the next apply's.
            let rest = try await cluster.planned()
            #expect(rest.changes.flatMap(\.fields).map(\.path) == ["memory"], "\(rest)")
            try cluster.write(spec(lab))
            try await cluster.expectConverged()
            print("saved memory: \(ContinuousClock.now - start)")
        }

        /// Going back to when the guest had an address that somebody else may have by now is refused.
        private func keepsAddress(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            func text(_ address: String) -> String {
                spec(lab, power: "off").replacing("networks: [lan]", with: "networks: {lan: {address: \(address)}}")
            }
            let first = try #require(try await cluster.instances()["snap"]?.addresses.first)
            let other = ["150", "151"].map { "\(lab.subnet).\($0)" }.first { $0 != first } ?? ""
            try cluster.write(text(other))
            try await cluster.apply()
            let refused = try await Program.run(
                lab.binary, ["snapshot", "revert", "snap", "cold", "-f", cluster.file, "--auto-approve"],
                environment: lab.environment, timeout: .seconds(120))
            #expect(refused.status == 1, "\(refused)")
            #expect(refused.text.contains(first) && refused.text.contains("but now has"), "\(refused)")
            #expect(refused.text.contains("kvmctl snapshot delete snap cold"), "\(refused)")
            try await cluster.expectConverged()
            // With its address of then it may.
            try cluster.write(text(first))
            try await cluster.apply()
            try await snapshot(cluster, "revert", "cold", "--auto-approve", expecting: 0)
            try await cluster.expectConverged()
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

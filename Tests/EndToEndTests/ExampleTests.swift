import Foundation
import Testing

extension EndToEnd {
    /// examples/cluster.yaml from nothing to guests and back to nothing.
    @Suite("The example", .serialized) struct ExampleTests {
        @Test("The example comes up, stays as it is, heals, and goes without a trace")
        func story() async throws {
            let lab = try await Lab.up()
            do {
                try await story(lab)
            } catch {
                await Task { await lab.scrub("demo") }.value
                throw error
            }
        }

        private func story(_ lab: Lab) async throws {
            let spec = lab.root.appending(path: "examples/cluster.yaml").path
            let files = ["-f", spec, "--var-file", lab.variables]
            let before = try await Snapshot.take(lab)

            let planned = try PlanReading(try await kvmctl(lab, ["plan"] + files + ["-o", "json"]).expecting().stdout)
            #expect(planned.names("create").count == 3, "\(planned)")
            #expect(try await Snapshot.take(lab) == before, "a plan changes nothing")
            try await kvmctl(lab, ["apply"] + files + ["--auto-approve"]).expecting()

            let instances = try await lab.instances(files)
            #expect(instances.keys.sorted() == ["db", "web-1", "web-2"])
            let first = try #require(instances["web-1"])
            let second = try #require(instances["web-2"])
            #expect(first.place != second.place, "spread: node was asked for")

            try await bridgedGuestsAnswerFromHere(lab, [first, second])
            try await guestsAreWhatTheSpecSays(lab, files, instances)

            // Apply, then plan, is empty; a second apply touches nothing.
            let applied = try await Snapshot.take(lab)
            let plan = try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(0)
            #expect(plan.stdout.contains("Nothing to do"))
            let again = try await kvmctl(lab, ["plan"] + files).expecting(0)
            #expect(again.stdout == plan.stdout, "the same input gives the same bytes")
            try await kvmctl(lab, ["apply"] + files + ["--auto-approve"]).expecting()
            #expect(try await Snapshot.take(lab) == applied)

            try await comesBack(lab, files, first, by: "virsh -q destroy demo.\(first.name)")
            try await comesBack(
                lab, files, second, by: "virsh -q destroy demo.\(second.name); virsh -q undefine demo.\(second.name)")
            try await staysWhenUndefinedWhileRunning(lab, files, try #require(instances["db"]))
            try await secondPart(lab, spec, files)

            // A guest that is still booting hears no request to stop, and the example forces none.
            for name in instances.keys.sorted() {
                _ = try await lab.eventually(
                    lab.binary, ["ssh"] + files + [name, "--", "systemctl is-system-running --wait || true"],
                    within: .seconds(900))
            }

            // Data disks outlive destroy, and the message says how to remove them.
            let destroy = try await kvmctl(lab, ["destroy"] + files + ["--auto-approve"]).expecting()
            #expect(destroy.stdout.contains("demo.db.data.qcow2"), "\(destroy)")
            #expect(destroy.stdout.contains("--delete-data"), "\(destroy)")
            let kept = try await lab.onNode(
                try #require(instances["db"]).place, "ls /var/lib/libvirt/images"
            ).expecting().stdout
            #expect(kept.contains("demo.db.data.qcow2"))
            try await kvmctl(lab, ["destroy"] + files + ["--auto-approve", "--delete-data"]).expecting()
            try await nothingIsLeft(lab, of: "demo")
            #expect(try await Snapshot.take(lab) == before, "nothing else changed")
        }

        private func bridgedGuestsAnswerFromHere(_ lab: Lab, _ guests: [Listed]) async throws {
            for guest in guests {
                let address = try #require(guest.addresses.first)
                #expect(address.hasPrefix(lab.subnet + "."))
                let answer = try await lab.eventually(
                    "/usr/bin/ssh",
                    [
                        "-i", lab.guestKey, "-o", "StrictHostKeyChecking=no", "-o",
                        "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=10",
                        "debian@\(address)", "hostname",
                    ])
                #expect(answer.stdout == guest.name + "\n")
            }
        }

        /// Host name, address, default route, disks and their sizes, as the guest itself sees them.
        private func guestsAreWhatTheSpecSays(_ lab: Lab, _ files: [String], _ guests: [String: Listed]) async throws {
            for guest in guests.values.sorted(by: { $0.name < $1.name }) {
                let look = try await lab.eventually(
                    lab.binary,
                    ["ssh"] + files + [
                        guest.name, "--",
                        "hostname; ip -4 -o addr show scope global; ip route; lsblk -bno NAME,SIZE,SERIAL; df -B1 --output=size / | tail -1",
                    ]
                ).expecting()
                let address = try #require(guest.addresses.first)
                #expect(look.stdout.hasPrefix(guest.name + "\n"), "\(look)")
                #expect(look.stdout.contains(" \(address)/24 "), "\(look)")
                let gateway = guest.name == "db" ? "192.168.222.1" : "\(lab.subnet).1"
                #expect(look.stdout.contains("default via \(gateway) "), "\(look)")
                #expect(look.stdout.contains(String(3 << 30)), "the root disk has 3 GiB: \(look)")
                if guest.name == "db" {
                    let data = look.stdout.split(separator: "\n").first { $0.hasSuffix(" data") }
                    #expect(data?.contains(String(1 << 30)) == true, "the data disk has 1 GiB and its name: \(look)")
                }
                let root = look.stdout.split(separator: "\n").last.flatMap {
                    UInt64($0.trimmingCharacters(in: .whitespaces))
                }
                #expect((root ?? 0) > 2_600_000_000, "the root file system has grown with its disk: \(look)")
            }
        }

        private func comesBack(_ lab: Lab, _ files: [String], _ guest: Listed, by script: String) async throws {
            try await lab.onNode(guest.place, script).expecting()
            let plan = try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(2)
            #expect(plan.stdout.contains("instance/\(guest.name)"), "\(plan)")
            try await kvmctl(lab, ["apply"] + files + ["--auto-approve"]).expecting()
            let there = try await lab.instances(files)
            #expect(there[guest.name]?.node == guest.place, "its disks are there")
            #expect(there[guest.name]?.addresses == guest.addresses, "it has its address again")
            try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(0)
        }

        private func staysWhenUndefinedWhileRunning(_ lab: Lab, _ files: [String], _ guest: Listed) async throws {
            let id = try await lab.onNode(guest.place, "virsh domid demo.\(guest.name)").expecting().stdout
            try await lab.onNode(guest.place, "virsh -q undefine demo.\(guest.name)").expecting()
            try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(2)
            try await kvmctl(lab, ["apply"] + files + ["--auto-approve"]).expecting()
            let info = try await lab.onNode(
                guest.place, "virsh domid demo.\(guest.name); virsh dominfo demo.\(guest.name)"
            ).expecting().stdout
            #expect(info.hasPrefix(id), "it was not restarted")
            #expect(info.contains("Persistent:     yes"), "\(info)")
            try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(0)
        }

        /// A second part comes and goes beside the first one.
        private func secondPart(_ lab: Lab, _ spec: String, _ files: [String]) async throws {
            let extra = lab.root.appending(path: "examples/.extra-test.yaml")
            try Data(
                """
                apiVersion: kvmctl/v1
                cluster: demo
                part: extra
                uses: [cluster.yaml]
                instances:
                  extra: {profiles: [base], networks: [lan], power: off}

                """.utf8
            ).write(to: extra)
            defer { try? FileManager.default.removeItem(at: extra) }
            let extraFiles = ["-f", extra.path] + files.dropFirst(2)
            let before = try await Snapshot.take(lab)
            let apply = try await kvmctl(lab, ["apply"] + extraFiles + ["--auto-approve"]).expecting()
            #expect(apply.stdout.contains("instance/extra"), "\(apply)")
            try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(0)
            try await kvmctl(lab, ["plan"] + extraFiles + ["--detailed-exitcode"]).expecting(0)
            try await kvmctl(lab, ["destroy"] + extraFiles + ["--auto-approve"]).expecting()
            try await kvmctl(lab, ["plan"] + files + ["--detailed-exitcode"]).expecting(0)
            let strip = { (snapshot: Snapshot) in
                snapshot.text.split(separator: "\n").filter { !$0.contains("roster.json") }
            }
            #expect(strip(try await Snapshot.take(lab)) == strip(before), "the first part is as it was")
        }

        private func kvmctl(_ lab: Lab, _ arguments: [String]) async throws -> Output {
            try await Program.run(lab.binary, arguments, environment: lab.environment, timeout: .seconds(900))
        }

        private func nothingIsLeft(_ lab: Lab, of cluster: String) async throws {
            for node in ["kvm1", "kvm2"] {
                #expect(try await lab.traces(of: cluster, on: node) == [], "\(node)")
                #expect(try await lab.objects("kvmctl-", on: node) == [], "nothing refers to the base image: \(node)")
            }
        }
    }
}

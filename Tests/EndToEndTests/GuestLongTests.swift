import Foundation
import Testing

extension EndToEnd {
    /// What becomes of a spec inside a guest, and that what is secret in it stays so.
    @Suite("Guests", .serialized) struct GuestLongTests {
        private static let password = "Ü b3r'g&h<e>i\"m/" + UUID().uuidString
        private static let otherPassword = "file " + UUID().uuidString

        private func spec(_ lab: Lab) -> String {
            """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              whole:
                profiles: [base]
                networks: [lan]
                node: kvm1
                disks: {data: {size: 1GiB}}
                access: {rootPassword: {env: KVMCTL_TEST_PASSWORD}}
                ready: {when: cloud-init, timeout: 10m}
                cloudInit:
                  write_files:
                    - {path: /etc/kvmctl-test/quoted, permissions: "0644", content: "yes"}
                    - path: /etc/kvmctl-test/script
                      permissions: "0755"
                      content: |
                        #!/bin/sh
                        # ${not_a_variable} stays, and so does $${this}
                        echo "it's: 0644, no, ~, 1e3"
                  runcmd:
                    - [sh, -c, "echo ran > /etc/kvmctl-test/ran"]
                    - "echo 'a: b' > /etc/kvmctl-test/colon"
              spare:
                profiles: [base]
                networks: [lan]
                node: kvm2
                access: {rootPassword: {file: password}}
                ready: {when: agent, timeout: 10m}
            """
        }

        @Test(
            "A guest is what its spec says: user-data, data disk, password, agent; and no secret of it is seen anywhere"
        )
        func whole() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "secrets", spec(lab)) { cluster in
                let passwordFile = cluster.folder.appending(path: "password")
                try Data((Self.otherPassword + "\n").utf8).write(to: passwordFile)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passwordFile.path)
                let temporary = cluster.folder.appending(path: "tmp")
                try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
                let environment = ["KVMCTL_TEST_PASSWORD": Self.password, "TMPDIR": temporary.path]
                let log = cluster.folder.appending(path: "log").path

                try await missingSecretIsSaid(cluster)
                let watch = CommandLineWatch()
                watch.start()
                var outputs: [Output] = []
                do {
                    outputs.append(try await cluster.plan(environment: environment))
                    outputs.append(try await cluster.run("plan", ["-o", "json"], environment: environment).expecting())
                    outputs.append(
                        try await cluster.run("plan", ["-o", "markdown"], environment: environment).expecting())
                    outputs.append(try await cluster.apply("--log", log, environment: environment))
                    outputs.append(
                        try await cluster.plan("--detailed-exitcode", environment: environment, expecting: 0))
                    outputs.append(try await cluster.run("get", ["instances", "-o", "json"]).expecting())
                } catch {
                    _ = await watch.stop()
                    throw error
                }
                let commandLines = await watch.stop()

                try await userDataIsUnchanged(cluster)
                try await dataDiskHasItsName(cluster)
                try await consoleAnswers(cluster)
                let hashes = [
                    try await passwordWorks(Self.password, "whole", cluster),
                    try await passwordWorks(Self.otherPassword, "spare", cluster),
                ]
                let forms =
                    SecretForms(password: Self.password, hashes: hashes)
                    + SecretForms(password: Self.otherPassword, hashes: hashes)
                    + (try SecretForms(privateKey: lab.nodeKey)) + (try SecretForms(privateKey: lab.guestKey))

                for output in outputs {
                    #expect(forms.found(in: Data(output.text.utf8)) == [], "\(output.command)")
                }
                #expect(commandLines.contains { $0.range(of: Data("kvmctl".utf8)) != nil }, "the watch saw nothing")
                for line in commandLines {
                    #expect(forms.found(in: line) == [], "a command line of \(line.count) bytes")
                }
                #expect(forms.found(in: try Data(contentsOf: URL(filePath: log))) == [], "--log")
                #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [], "temporary files")
                try await nodesKeepTheSecret(lab, forms, isGone: false)
                try await seedsAreClosed(lab)

                outputs = [
                    try await cluster.run(
                        "destroy", ["--auto-approve", "--delete-data", "--log", log], environment: environment
                    ).expecting()
                ]
                #expect(forms.found(in: Data(outputs[0].text.utf8)) == [], "destroy")
                #expect(forms.found(in: try Data(contentsOf: URL(filePath: log))) == [], "--log of destroy")
                #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [], "temporary files")
                try await nodesKeepTheSecret(lab, forms, isGone: true)
            }
        }

        /// A plan works without the secret, an apply that needs it does not begin.
        private func missingSecretIsSaid(_ cluster: TestCluster) async throws {
            let plan = try await cluster.plan(environment: ["KVMCTL_TEST_PASSWORD": ""])
            #expect(plan.stdout.contains("KVMCTL_TEST_PASSWORD"), "\(plan)")
            let apply = try await cluster.apply(environment: ["KVMCTL_TEST_PASSWORD": ""], expecting: 1)
            #expect(apply.text.contains("KVMCTL_TEST_PASSWORD"), "\(apply)")
            try await cluster.expectNothing()
        }

        private func userDataIsUnchanged(_ cluster: TestCluster) async throws {
            let look = try await cluster.lab.inGuest(
                "whole", of: cluster.file,
                """
                cd /etc/kvmctl-test
                for f in quoted script ran colon; do stat -c '%n %a' $f; cat $f; echo; done
                sh ./script; cloud-init status
                """
            ).expecting().stdout
            #expect(look.contains("quoted 644\nyes\n"), "\(look)")
            #expect(
                look.contains("script 755\n#!/bin/sh\n# ${not_a_variable} stays, and so does $${this}\n"), "\(look)")
            #expect(look.contains("it's: 0644, no, ~, 1e3\n"), "\(look)")
            #expect(look.contains("ran 644\nran\n"), "\(look)")
            #expect(look.contains("colon 644\na: b\n"), "\(look)")
            #expect(look.contains("status: done"), "\(look)")
        }

        private func dataDiskHasItsName(_ cluster: TestCluster) async throws {
            let look = try await cluster.lab.inGuest(
                "whole", of: cluster.file, "blockdev --getsize64 /dev/disk/by-id/virtio-data"
            ).expecting().stdout
            #expect(look == "\(1 << 30)\n")
        }

        private func consoleAnswers(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            // An empty line makes the login prompt come again, as soon as the guest gets to it; ^] leaves, for which it
            // must come alone: virsh looks at the first of the bytes that it reads at once.
            let session = try await Program.run(
                "/bin/sh",
                [
                    "-c",
                    #"(for i in $(seq 90); do sleep 1; printf '\r'; if grep -qa login: "$2"; then break; fi; done; "#
                        + #"sleep 1; printf '\035'; sleep 2) | script -qfec "$0 console -f $1 whole" "$2""#,
                    lab.binary, cluster.file, cluster.folder.path + "/console",
                ], environment: lab.environment, timeout: .seconds(180))
            #expect(session.status == 0, "\(session)")
            #expect(session.stdout.contains("whole login:"), "\(session)")
        }

        /// That root's password in the guest is this one; returns its hash.
        private func passwordWorks(_ password: String, _ instance: String, _ cluster: TestCluster) async throws
            -> String
        {
            let line = try await cluster.lab.inGuest(instance, of: cluster.file, "grep '^root:' /etc/shadow")
                .expecting().stdout
            let hash = String(line.split(separator: ":").dropFirst().first ?? "")
            let parts = hash.split(separator: "$").map(String.init)
            try #require(parts.count == 3 && parts[0] == "6", "root has no password of ours in \(instance)")
            let arguments = ["passwd", "-6", "-stdin", "-salt", parts[1]]
            let computed = try await Program.run("/usr/bin/openssl", arguments, input: password + "\n").expecting()
                .stdout
            #expect(computed == hash + "\n", "\(instance)")
            return hash
        }

        /// That no file of a node but the guests' own disks and seeds has a secret in it; and no definition.
        private func nodesKeepTheSecret(_ lab: Lab, _ forms: SecretForms, isGone: Bool) async throws {
            for node in ["kvm1", "kvm2"] {
                let disk = lab.state + "/nodes/" + node
                let places = forms.found(under: disk) { path in
                    isGone || !(path.hasPrefix("var/lib/libvirt/images/") || path.hasPrefix("etc/ssh/"))
                }
                #expect(places == [], "\(node)")
                let live = try await lab.onNode(
                    node,
                    """
                    virsh -q list --all --name | while read -r d; do
                        if [ -n "$d" ]; then virsh dumpxml --security-info "$d"; virsh dumpxml --inactive "$d"; fi
                    done
                    virsh -q net-list --all --name | while read -r n; do [ -z "$n" ] || virsh net-dumpxml "$n"; done
                    find /tmp /run -xdev -type f -size -4096k -exec cat {} + 2>/dev/null; true
                    """
                ).expecting().stdout
                #expect(forms.found(in: Data(live.utf8)) == [], "\(node): definitions, /tmp and /run")
            }
        }

        /// That only root, or the user that QEMU runs as, can read a seed.
        private func seedsAreClosed(_ lab: Lab) async throws {
            for node in ["kvm1", "kvm2"] {
                let modes = try await lab.onNode(
                    node,
                    "stat -c '%a %U %n' /var/lib/libvirt/images/secrets.*seed*; stat -c '%a %U %n' /var/lib/kvmctl/secrets/roster.json"
                ).expecting().stdout.split(separator: "\n")
                #expect(modes.count == 2, "\(modes)")
                #expect(modes.allSatisfy { $0.hasPrefix("600 ") || $0.hasPrefix("400 ") }, "\(modes)")
            }
        }

        @Test(
            "A guest that does not become ready in time is told with what was missing, the time and its console's end")
        func timeout() async throws {
            let lab = try await Lab.up()
            func text(_ ready: String) -> String {
                """
                instances:
                  mute:
                    profiles: [base]
                    node: kvm1
                    ready: \(ready)
                    cloudInit: {bootcmd: [[systemctl, mask, --now, qemu-guest-agent]]}
                """
            }
            try await TestCluster.with(lab, "late", text("{when: agent, timeout: 20s}")) { cluster in
                let failed = try await cluster.apply(expecting: 1)
                #expect(failed.text.contains("agent"), "\(failed)")
                #expect(failed.text.contains("20 s"), "\(failed)")
                #expect(failed.text.contains("console"), "\(failed)")
                let console = try await lab.onNode(
                    "kvm1",
                    "cat $(virsh dumpxml late.mute | sed -n \"s/.*<log file='\\([^']*\\)'.*/\\1/p\" | head -n 1)"
                ).expecting().stdout
                let said = console.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("[ ") && $0.count > 20 }
                #expect(said.contains { failed.text.contains($0.prefix(60)) }, "\(failed)\n\(console.suffix(2000))")

                // Pending until it was seen ready, by the spec's own measure.
                let plan = try await cluster.planned("--detailed-exitcode", expecting: 2)
                #expect(plan.changes.contains { $0.object.name == "mute" && $0.reason.contains("ready") }, "\(plan)")
                try cluster.write(text("running"))
                try await cluster.apply()
                try await cluster.expectConverged()
            }
        }
    }
}

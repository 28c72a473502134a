import Foundation
import Testing

extension EndToEnd {
    /// `provision:` in a real guest: a script whose failure is undone with the disks, a run that was cut off, a playbook.
    @Suite("Provisioning", .serialized) struct ProvisionLongTests {
        private func spec(_ lab: Lab, _ provision: String) -> String {
            """
            networks:
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              app:
                profiles: [base]
                networks: [lan]
                node: kvm1
                ready: {when: agent, timeout: 10m}
                snapshotBefore: [provision]
                provision: {\(provision)}
            """
        }

        private static let first = """
            set -e
            cp /etc/app.conf /root/conf
            echo "token=$(cat /etc/app.conf)" >&3
            """
        /// It destroys what it finds and fails.
        private static let broken = """
            if pgrep -f '[s]leep 100' >/dev/null; then echo 'the other script still runs'; exit 4; fi
            echo broken >/root/data
            rm -f /usr/bin/less /root/conf
            echo 'the last line of all'
            exit 3
            """

        @Test("A script that fails takes nothing with it, nor does one that was cut off, and a playbook is played")
        func story() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await TestCluster.with(lab, "prov") { cluster in
                try write("one.sh", Self.first, beside: cluster)
                try write("broken.sh", Self.broken, beside: cluster)
                try write("slow.sh", "touch /root/slow\nsync\nsleep 100", beside: cluster)
                try write("two.sh", "touch /root/two", beside: cluster)
                let files = "files: {/etc/app.conf: {content: \"one\"}}, outputs: {token: {secret: true}}"
                try cluster.write(spec(lab, "script: site/one.sh, \(files)"))
                try await cluster.apply()
                try await cluster.expectConverged()
                try await undone(cluster, files)
                try await cutOff(cluster)
                try await played(cluster)
            }
            print("provisioning: \(ContinuousClock.now - start)")
        }

        private func undone(_ cluster: TestCluster, _ files: String) async throws {
            let lab = cluster.lab
            let read = "cat /root/data /root/conf /etc/app.conf; ls /usr/bin/less"
            let before = try await lab.inGuest(
                "app", of: cluster.file, "echo data >/root/data; sync; echo; \(read)"
            ).expecting().stdout
            try cluster.write(
                spec(lab, "script: site/broken.sh, \(files.replacing("\"one\"", with: "\"two\""))"))
            let failing = ContinuousClock.now
            let failed = try await cluster.apply(expecting: 1)
            print("provisioning: a failure with its rollback took \(ContinuousClock.now - failing)")
            let said = failed.stdout + failed.stderr
            #expect(said.contains("the last line of all"), "\(failed)")
            let after = try await lab.inGuest("app", of: cluster.file, "echo; \(read)")
            #expect(after.stdout == before, "\(after)")
            let snapshots = try await lab.onNode("kvm1", "virsh -q snapshot-list prov.app --name").expecting()
            #expect(snapshots.stdout.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty, "\(snapshots)")
            // The same again is not tried: that would start the guest anew.
            let boot = try await lab.inGuest("app", of: cluster.file, "cat /proc/sys/kernel/random/boot_id").stdout
            let again = try await cluster.run("apply", ["--auto-approve"])
            let told = again.stdout + again.stderr
            #expect(told.contains("--retry"), "\(again)")
            let later = try await lab.inGuest(
                "app", of: cluster.file, "cat /proc/sys/kernel/random/boot_id /root/data")
            #expect(later.stdout == boot + "data\n", "\(again)")
        }

        /// kvmctl is killed while the script runs: the next run waits for that script, and goes back, with another that fails, to
        /// the disks that were there before both.
        private func cutOff(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            try cluster.write(spec(lab, "script: site/slow.sh"))
            let run = try cluster.startApply()
            var hasBegun = false
            for _ in 0..<100 where !hasBegun {
                let there = try await lab.inGuest("app", of: cluster.file, "ls /root/slow 2>/dev/null; true")
                hasBegun = !there.stdout.isEmpty
                if !hasBegun { try await Task.sleep(for: .seconds(2)) }
            }
            #expect(hasBegun, "the script did not begin")
            run.signal(SIGKILL)
            _ = try await run.output()
            try cluster.write(spec(lab, "script: site/broken.sh"))
            let failed = try await cluster.apply(expecting: 1)
            #expect((failed.stdout + failed.stderr).contains("the last line of all"), "\(failed)")
            let look = "ls /root/slow /root/two 2>/dev/null; pgrep -fc '[s]leep 100'; cat /root/data"
            let before = try await lab.inGuest("app", of: cluster.file, look)
            #expect(before.stdout == "0\ndata\n", "\(before)")
            try cluster.write(spec(lab, "script: site/two.sh"))
            try await cluster.apply()
            try await cluster.expectConverged()
            let left = try await lab.inGuest("app", of: cluster.file, look)
            #expect(left.stdout == "/root/two\n0\ndata\n", "\(left)")
        }

        /// A playbook, whose login goes through the node.
        private func played(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            let tasks = """
                - hosts: all
                  become: true
                  gather_facts: false
                  tasks:
                    - ansible.builtin.copy:
                        content: "{{ lookup('ansible.builtin.env', 'WORD') }}\\n"
                        dest: /root/word
                        mode: "0600"
                    - ansible.builtin.lineinfile:
                        path: "{{ lookup('ansible.builtin.env', 'KVMCTL_OUTPUTS') }}"
                        line: "answer=42"
                      delegate_to: localhost
                      become: false
                """
            try write("play/site.yml", tasks, beside: cluster)
            func play(_ word: String) -> String {
                spec(lab, "ansible: site/play/site.yml, environment: {WORD: \(word)}, outputs: {answer: {}}")
            }
            for word in ["hello", "goodbye"] {
                try cluster.write(play(word))
                let playing = ContinuousClock.now
                try await cluster.apply()
                print("provisioning: a playbook of two tasks took \(ContinuousClock.now - playing)")
                try await cluster.expectConverged()
                let there = try await lab.inGuest("app", of: cluster.file, "cat /root/word; stat -c %a /root/word")
                #expect(there.stdout == "\(word)\n600\n", "\(there)")
            }
            let roles = try await cluster.run("get", ["roles", "-o", "json"]).expecting()
            #expect(roles.stdout.contains("\"42\""), "\(roles)")
        }

        private func write(_ name: String, _ text: String, beside cluster: TestCluster) throws {
            let file = URL(filePath: cluster.file).deletingLastPathComponent().appending(path: "site/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((text + "\n").utf8).write(to: file)
        }
    }
}

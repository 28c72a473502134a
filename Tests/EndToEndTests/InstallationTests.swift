import Foundation
import Testing

extension EndToEnd {
    /// Instances that are installed from a CD.
    ///
    /// The CD's installer is a boot sector that writes a system of one sector: it takes a second, and what it does is real.
    @Suite("Installations", .serialized) struct InstallationTests {
        private func write(_ cluster: TestCluster, _ disc: String, _ install: String, more: String = "") throws {
            try cluster.write(
                """
                instances:
                  fresh:
                    install: {iso: cd, \(install)}
                    vcpus: 1
                    memory: 64MiB
                    disk: 64MiB
                    node: kvm1
                    ready: running
                    stop: {timeout: 5s, force: true}
                    \(more)
                """, images: ["cd": "source: \(disc)"])
        }

        private func console(_ cluster: TestCluster) async throws -> String {
            try await cluster.lab.onNode("kvm1", "cat /var/log/libvirt/qemu/\(cluster.name).fresh.console.log").stdout
        }

        private func awaitConsole(_ words: String, _ cluster: TestCluster) async throws {
            for _ in 0..<60 {
                if try await console(cluster).contains(words) { return }
                try await Task.sleep(for: .seconds(1))
            }
            Issue.record("the console does not say \(words): \(try await console(cluster))")
        }

        /// That the machine has no CD, and nothing of the installation is left on the node but the CD's image.
        private func expectEjected(_ cluster: TestCluster, images: Int = 1) async throws {
            let left = try await cluster.lab.onNode(
                "kvm1",
                """
                virsh dumpxml \(cluster.name).fresh | grep -c cdrom
                virsh dumpxml --inactive \(cluster.name).fresh | grep -c cdrom
                ls /var/lib/libvirt/images | grep -c 'seed.iso.'
                ls /var/lib/libvirt/images | grep -c '^kvmctl-.*iso$'
                """
            ).stdout
            #expect(left.split(separator: "\n") == ["0", "0", "0", "\(images)"])
        }

        @Test(
            "An installer boots once, and its system afterwards, however the installer ends", .timeLimit(.minutes(20)))
        func installed() async throws {
            let lab = try await Lab.up()
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            for end in [InstallerDisc.End.poweroff, .reboot] {
                try await TestCluster.with(lab, "installed") { cluster in
                    try write(
                        cluster, try await InstallerDisc.make(end, in: folder), "until: \(end.rawValue), timeout: 2m")
                    let plan = try await cluster.plan("--detailed-exitcode", expecting: 2).stdout
                    #expect(plan.contains("installs from cd, until it"), "\(plan)")
                    let applied = try await cluster.apply("--watch-console")
                    #expect(
                        (applied.stdout + applied.stderr).contains("fresh| the installer runs"), "\(applied)")
                    try await awaitConsole("the installed system runs", cluster)
                    #expect(try await !console(cluster).contains("the installer"), "it is the log of the last start")
                    try await expectEjected(cluster)
                    try await cluster.expectConverged()
                    // It is not installed again.
                    try await cluster.pullPlugs()
                    try await cluster.apply()
                    try await awaitConsole("the installed system runs", cluster)
                    try await cluster.expectConverged()
                }
            }
        }

        @Test(
            "An installer that hangs is ended in time and said so, its disk stays, and the next apply goes on",
            .timeLimit(.minutes(20)))
        func hanging() async throws {
            let lab = try await Lab.up()
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            try await TestCluster.with(lab, "hanging") { cluster in
                let answers = folder.appending(path: "host.ks")
                try Data("rootpw --plaintext sesame-and-more\n".utf8).write(to: answers)
                let install = "answers: \(answers.path), until: poweroff, timeout: 12s"
                try write(cluster, try await InstallerDisc.make(.hang, in: folder), install)
                let apply = try cluster.startApply()
                try await awaitConsole("the installer runs", cluster)
                // The answers are on a CD of their own while it runs, and only root can read them.
                let seen = try await lab.onNode(
                    "kvm1",
                    """
                    virsh dumpxml hanging.fresh | grep -c "device='cdrom'"
                    file=$(ls /var/lib/libvirt/images/hanging.fresh.seed.iso.answers)
                    head -c 40000 "$file" | tail -c +32809 | head -c 6; echo
                    grep -c 'rootpw --plaintext sesame-and-more' "$file"; stat -c %a "$file"
                    """
                ).stdout
                #expect(seen.split(separator: "\n") == ["2", "OEMDRV", "1", "600"], "\(seen)")
                #expect(try await apply.output().status == 1)
                let said = try await cluster.apply(expecting: 1).text
                #expect(said.contains("the installer has not ended after 12 s"), "\(said)")
                #expect(
                    said.contains("the installer runs") && said.contains("Its disk is kept until the next apply"),
                    "\(said)")
                #expect(!said.contains("sesame"))
                let state = try await lab.onNode(
                    "kvm1", "virsh domstate hanging.fresh; ls /var/lib/libvirt/images"
                ).stdout
                #expect(state.hasPrefix("shut off") && !state.contains("answers"), "\(state)")
                #expect(state.contains("hanging.fresh.root.qcow2"))
                // With a CD that ends, it is installed; what is there is used.
                try write(cluster, try await InstallerDisc.make(.poweroff, in: folder), install)
                try await cluster.apply()
                try await awaitConsole("the installed system runs", cluster)
                // The CD that is not in the spec any more goes when no mark names it.
                try await cluster.apply()
                try await expectEjected(cluster, images: 1)
                try await cluster.expectConverged()
            }
        }

        @Test(
            "An installer whose run was killed is waited for, and one that ended meanwhile is not begun again",
            .timeLimit(.minutes(20)))
        func killed() async throws {
            let lab = try await Lab.up()
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            for hangs in [true, false] {
                try await TestCluster.with(lab, "killed") { cluster in
                    let end = hangs ? InstallerDisc.End.hang : .poweroff
                    try write(cluster, try await InstallerDisc.make(end, in: folder), "until: poweroff, timeout: 2m")
                    let apply = try cluster.startApply()
                    try await awaitConsole("the installer runs", cluster)
                    kill(apply.processIdentifier, SIGKILL)
                    _ = try await apply.output()
                    let log = cluster.folder.appending(path: "log").path
                    if hangs {
                        try write(
                            cluster, try await InstallerDisc.make(end, in: folder), "until: poweroff, timeout: 5s")
                        // It goes on with the one that runs.
                        let said = try await cluster.apply("--log", log, expecting: 1).text
                        #expect(said.contains("the installer has not ended after 5 s"), "\(said)")
                        #expect(try !String(contentsOfFile: log, encoding: .utf8).contains("starting the installer"))
                        try write(
                            cluster, try await InstallerDisc.make(.poweroff, in: folder), "until: poweroff, timeout: 2m"
                        )
                        try await cluster.apply()
                    } else {
                        // The installer has ended by now.
                        try await Task.sleep(for: .seconds(3))
                        try await cluster.apply("--log", log)
                        #expect(try !String(contentsOfFile: log, encoding: .utf8).contains("starting the installer"))
                    }
                    try await awaitConsole("the installed system runs", cluster)
                    if hangs { try await cluster.apply() }
                    try await expectEjected(cluster)
                    try await cluster.expectConverged()
                }
            }
        }
    }
}

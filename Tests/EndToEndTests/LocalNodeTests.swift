import Foundation
import Testing

extension EndToEnd {
    /// kvmctl on a node itself, whose address is `local`.
    @Suite("A node that is this machine", .serialized) struct LocalNodeTests {
        private static let text = "instances: {web: {profiles: [blank], image: served, node: kvm1}}"

        @Test(
            "Ctrl-C at a terminal while this machine fetches an image reaches kvmctl alone: the run ends in order, and the next converges"
        )
        func interrupted() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            let folder = try Scratch.folder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: "served.qcow2")
            try await Program.run("/usr/bin/qemu-img", ["create", "-q", "-f", "qcow2", file.path, "32M"]).expecting()
            let server = try FileServer(address: "\(lab.subnet).1", folder: folder, pausingAfter: 70_000)
            defer {
                server.resume()
                server.stop()
            }
            let images = ["served": "source: \"\(server.url)/served.qcow2\""]
            try await TestCluster.with(lab, "here") { cluster in
                try cluster.write(Self.text, nodes: ["kvm1"], images: images)
                try install(cluster)
                do {
                    try await interrupt(cluster, server, press: folder.appending(path: "press"))
                    server.resume()
                    let kvmctl = "cd /root/here && XDG_STATE_HOME=/root/here ./kvmctl"
                    try await lab.onNode("kvm1", "\(kvmctl) apply -f spec.yaml --auto-approve").expecting()
                    try await lab.onNode("kvm1", "\(kvmctl) plan -f spec.yaml --detailed-exitcode").expecting()
                    // From elsewhere it is the same fleet.
                    try await cluster.expectConverged()
                } catch {
                    _ = try? await lab.onNode("kvm1", "rm -rf /root/here")
                    throw error
                }
                try await lab.onNode("kvm1", "rm -r /root/here").expecting()
            }
            print("Ctrl-C on a local node: \(ContinuousClock.now - start)")
        }

        /// Puts kvmctl and the spec, as it is for the node itself, on the node's disk.
        private func install(_ cluster: TestCluster) throws {
            let lab = cluster.lab
            let home = URL(filePath: lab.state + "/nodes/kvm1/root/here")
            try? FileManager.default.removeItem(at: home)
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: false)
            let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
                .replacing("address: \(lab.address(of: "kvm1")), user: root", with: "address: local")
                .replacing(lab.guestKey + ".pub", with: "guest.pub")
            try Data(text.utf8).write(to: home.appending(path: "spec.yaml"))
            for (source, name) in [(lab.binary, "kvmctl"), (lab.guestKey + ".pub", "guest.pub")] {
                try FileManager.default.copyItem(atPath: source, toPath: home.appending(path: name).path)
            }
            let run = """
                #!/bin/sh
                trap : INT
                cd /root/here
                XDG_STATE_HOME=/root/here ./kvmctl apply -f spec.yaml --auto-approve
                echo $? >status

                """
            try Data(run.utf8).write(to: home.appending(path: "run"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: home.appending(path: "run").path)
        }

        /// Applies at a terminal on the node, and presses Ctrl-C there while half of the image has come.
        private func interrupt(_ cluster: TestCluster, _ server: FileServer, press: URL) async throws {
            let lab = cluster.lab
            // The terminal's driver sends the signal to all of its foreground, as it does for a person.
            let keyboard = "(until [ -e \"$1\" ]; do sleep 0.05; done; printf '\\003'; sleep 1)"
            let session = try Program(
                "/bin/sh",
                [
                    "-c", "\(keyboard) | \"$0\" lab ssh kvm1 -- script -qfec /root/here/run /dev/null", lab.binary,
                    press.path,
                ],
                environment: lab.environment)
            let programs: Output
            do {
                programs = try await lab.onNode(
                    "kvm1",
                    """
                    until [ -s "$(echo /var/lib/libvirt/images/*.part)" ]; do
                        tries=$((tries + 1)); [ $tries -lt 300 ] || exit 1; sleep 0.1
                    done
                    ps -eo tty=,comm= | grep -E ' (kvmctl|curl|flock)$'
                    """
                ).expecting()
            } catch {
                try? Data().write(to: press)
                _ = try? await session.output(timeout: .seconds(60))
                throw error
            }
            let lines = Set(
                programs.stdout.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") })
            #expect(lines == ["pts/0 kvmctl", "? curl", "? flock"], "\(programs)")
            try Data().write(to: press)
            let output = try await session.output(timeout: .seconds(60))
            let left = try await lab.onNode(
                "kvm1", "cat /root/here/status; ps -eo comm= | grep -E '^(kvmctl|curl|flock)$'; true")
            #expect(left.stdout == "130\n", "\(left), \(output)")
            #expect(output.stdout.contains("because it was interrupted"), "\(output)")
            #expect(output.stdout.contains("Interrupted after"), "\(output)")
            #expect(server.requests.count == 1, "\(server.requests)")
        }
    }
}

import Foundation
import Testing

extension EndToEnd {
    /// kvmctl on a node itself, whose address is `local`.
    @Suite("A node that is this machine", .serialized) struct LocalNodeTests {
        /// How the image comes that is on its way when Ctrl-C is pressed.
        enum ImageSource: String, CaseIterable, Sendable {
            /// The node fetches it from the web, from a server that pauses.
            case fetched
            /// It is a file of this machine, and the program that writes it down is stopped.
            case sent

            /// A script that ends while a part of it is there, and no more comes.
            var halfway: String {
                switch self {
                case .fetched: "until [ -s \"$(echo /var/lib/libvirt/images/*.part)\" ]; do pause; done"
                case .sent:
                    """
                    writer() {
                        for program in $(pgrep -x cat); do
                            case $(readlink /proc/$program/fd/1) in *.part) echo $program; return 0 ;; esac
                        done
                        return 1
                    }
                    until writer=$(writer); do pause; done
                    kill -STOP $writer
                    """
                }
            }

            /// The program that writes it down.
            var writer: String { self == .fetched ? "curl" : "cat" }
        }

        @Test(
            "Ctrl-C at a terminal while a local node gets an image reaches kvmctl alone: the run ends in order, the next converges",
            arguments: ImageSource.allCases)
        func interrupted(_ source: ImageSource) async throws {
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
            let image = source == .fetched ? "served" : "blank"
            try await TestCluster.with(lab, "here") { cluster in
                try cluster.write(
                    "instances: {web: {profiles: [blank], image: \(image), node: kvm1}}", nodes: ["kvm1"],
                    images: ["served": "source: \"\(server.url)/served.qcow2\""])
                // Large enough to be found while it is on its way.
                let sent = folder.appending(path: "sent.qcow2").path
                try await Program.run(
                    "/usr/bin/qemu-img", ["create", "-q", "-f", "qcow2", "-o", "preallocation=falloc", sent, "512M"]
                ).expecting()
                try install(cluster, image: sent)
                do {
                    try await interrupt(cluster, source, press: folder.appending(path: "press"))
                    #expect(server.requests.count == (source == .fetched ? 1 : 0), "\(server.requests)")
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
            print("Ctrl-C while an image is \(source): \(ContinuousClock.now - start)")
        }

        /// Puts kvmctl and the spec, as it is for the node itself, on the node's disk.
        private func install(_ cluster: TestCluster, image: String) throws {
            let lab = cluster.lab
            let home = URL(filePath: lab.state + "/nodes/kvm1/root/here")
            try? FileManager.default.removeItem(at: home)
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: false)
            let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
                .replacing("address: \(lab.address(of: "kvm1")), user: root", with: "address: local")
                .replacing(lab.guestKey + ".pub", with: "guest.pub").replacing(lab.blankImage, with: "./blank.qcow2")
            try Data(text.utf8).write(to: home.appending(path: "spec.yaml"))
            for (source, name) in [
                (lab.binary, "kvmctl"), (lab.guestKey + ".pub", "guest.pub"), (image, "blank.qcow2"),
            ] {
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

        /// Applies at a terminal on the node, and presses Ctrl-C there while a part of the image has come.
        private func interrupt(_ cluster: TestCluster, _ source: ImageSource, press: URL) async throws {
            let lab = cluster.lab
            let ours = "-E ' (kvmctl|flock|\(source.writer))$'"
            async let programs = lab.onNode(
                "kvm1",
                """
                end=$(($(date +%s) + 40))
                pause() { [ "$(date +%s)" -lt $end ] || exit 1; sleep 0.01; }
                \(source.halfway)
                ps -eo tty=,comm= | grep \(ours) | tr -s ' '
                """)
            // The terminal's driver sends the signal to all of its foreground, as it does for a person.
            let keyboard = "(until [ -e \"$1\" ]; do sleep 0.05; done; printf '\\003'; sleep 1)"
            let session = try Program(
                "/bin/sh",
                [
                    "-c", "\(keyboard) | \"$0\" lab ssh kvm1 -- script -qfec /root/here/run /dev/null", lab.binary,
                    press.path,
                ],
                environment: lab.environment)
            let seen: Output
            do { seen = try await programs.expecting() } catch {
                try? Data().write(to: press)
                _ = try? await session.output(timeout: .seconds(60))
                throw error
            }
            // What has no terminal hears nothing from it.
            let expected: Set = ["? \(source.writer)", "? flock", "pts kvmctl"]
            let lines = seen.stdout.replacing(/pts\/[0-9]+/, with: "pts").split(separator: "\n").map(String.init)
            #expect(Set(lines) == expected, "\(seen)")
            try Data().write(to: press)
            let output = try await session.output(timeout: .seconds(60))
            let left = try await lab.onNode("kvm1", "cat /root/here/status; ps -eo tty=,comm= | grep \(ours); true")
            #expect(left.stdout == "130\n", "\(left), \(output)")
            let causes = output.stdout.split(separator: "\n").filter { $0.contains("because ") }
            #expect(causes.last?.contains("because it was interrupted") == true, "\(output)")
            #expect(!output.stdout.contains("SIG") && !output.stdout.contains(" failed: "), "\(output)")
            #expect(output.stdout.contains("Interrupted after"), "\(output)")
        }
    }
}

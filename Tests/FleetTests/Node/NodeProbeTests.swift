import Foundation
import Reconciler
import SSH
import Spec
import TestNames
import Testing

@testable import Fleet

@Suite("The first look at a node")
struct NodeProbeTests {
    private static let name = TestNames.name("kvm1")

    private static func probe(_ lines: String...) throws -> NodeProbe {
        try #require(NodeProbe(reading: "Welcome!\nkvmctl-probe\n" + lines.joined(separator: "\n") + "\nend probe\n"))
    }

    @Test("this machine has every tool, told by the script itself", arguments: ["sh", "dash", "bash"])
    func here(shell: String) async throws {
        let result = try await LocalShell().run(NodeScripts.probe().words(shell: shell), input: [], timeout: nil)
        let probe = try #require(NodeProbe(reading: result.output), "\(result.errorOutput)")
        #expect(probe.missing.filter { $0.need == .always } == [])
        #expect(probe.packageManager == "apt-get")
        #expect(result.errorOutput == "")
    }

    @Test("a system with BusyBox's tools is told which of them do not do, and where better ones are")
    func busybox() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "busybox-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["flock", "stat", "find", "timeout", "sha256sum", "id", "cp", "true", "head", "od", "grep"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: "/bin/busybox")
        }
        let script = "PATH=\(folder); export PATH\n" + NodeScripts.probeText
        let result = try await LocalShell().run(["dash", "-c", script], input: [], timeout: nil)
        var probe = try #require(NodeProbe(reading: result.output))
        let missing = Set(probe.missing.map(\.name))
        #expect(missing.isSuperset(of: ["flock", "stat", "cp", "qemu-img", "curl", "git"]), "\(missing)")
        #expect(!missing.contains("sha256sum"))
        probe.packageManager = "apk"
        probe.socket = "/run/libvirt/libvirt-sock"
        let error = try #require(throws: NodeUnreachable.self) { _ = try probe.checked(Self.name) }
        #expect(error.reason.summary.contains("kvm1: the node lacks flock, "))
        #expect(error.reason.remedy.hasPrefix("On the node: apk add coreutils "))
        #expect(error.reason.remedy.contains(" flock ") && error.reason.remedy.contains("qemu-img"))
        #expect(!error.reason.remedy.contains("git"), "what is needed sometimes is asked for then")
    }

    @Test(
        "each system's own command installs what is missing, each package once",
        arguments: [
            ("apt-get", "apt-get install coreutils qemu-utils util-linux"),
            ("dnf", "dnf install coreutils qemu-img util-linux"), ("apk", "apk add coreutils flock qemu-img"),
            (
                "",
                "Debian: apt install coreutils qemu-utils util-linux. Fedora: dnf install coreutils qemu-img util-linux"
            ),
        ])
    func installation(manager: String, command: String) {
        let names = ["flock", "timeout", "stat", "qemu-img"]
        let tools = NodeTool.all.filter { names.contains($0.name) }
        #expect(NodeTool.installation(of: tools, with: manager.isEmpty ? nil : manager) == command)
    }

    @Test(
        "what keeps kvmctl from working on a node is told by name",
        arguments: [
            ("rights root", "", "no libvirt daemon listens"),
            ("rights plain", "socket /run/s", "neither root nor allowed to use sudo"),
            ("rights terminal", "socket /run/s", "requiretty"),
            ("rights sudo", "denied socket\nsocket /run/s", "may not connect to /run/s: permission denied"),
        ])
    func obstacles(rights: String, more: String, words: String) throws {
        let probe = try Self.probe(rights, more)
        let error = try #require(throws: NodeUnreachable.self) { _ = try probe.checked(Self.name) }
        #expect(error.reason.summary.contains(words), "\(error)")
        #expect(!error.reason.remedy.isEmpty)
    }

    @Test("a node that has all is used as root, or through sudo")
    func fine() throws {
        #expect(try Self.probe("rights root", "socket /run/s").checked(Self.name).privilege == [])
        #expect(try Self.probe("rights sudo", "socket /run/s").checked(Self.name).privilege == ["sudo", "-n"])
    }

    @Test("an answer in somebody's own words is none", arguments: ["", "Choose a menu entry:", "kvmctl-probe\nrights"])
    func other(text: String) {
        #expect(NodeProbe(reading: text) == nil)
    }

    @Test("sudo that wants a terminal is told from sudo that wants a password")
    func requiretty() async throws {
        // The real sudo with rules of its own, seen by nobody else.
        let inside = """
            set -e
            mount --make-rprivate /
            printf '%s\\n' 'Defaults requiretty' 'nobody ALL=(ALL) NOPASSWD: ALL' >"$2"
            chmod 440 "$2"; chown 0:0 "$2"
            mount --bind "$2" /etc/sudoers
            exec setpriv --reuid nobody --regid nogroup --clear-groups sh -c "$1"
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "sudoers-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try await LocalShell().run(
            ["unshare", "--mount", "sh", "-c", inside, "sh", NodeScripts.probeText, file], input: [],
            timeout: nil)
        let probe = try #require(NodeProbe(reading: result.output), "\(result.errorOutput)")
        #expect(probe.rights == .terminal)
    }
}

import Foundation
import Reconciler
import SSH
import Spec
import Subprocess
import TestNames
import TestPrograms
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// A folder that scripts for guests take for a guest: the real nginx and git, and systemd played by a script.
///
/// Users and their rights are not played: everything there is the test's own.
struct ScriptedGuest: Sendable {
    let folder: String
    let port: Int
    private let shell: [String]

    /// Where the website `site` is.
    var base: String { "\(folder)/site/site" }

    init(shell: String = Script.shells[0]) throws {
        self.shell = shell.split(separator: " ").map(String.init)
        folder = FileManager.default.temporaryDirectory.appending(path: "kvmctl-\(UUID().uuidString.prefix(8))").path
        port = try ScriptedGuest.freePort()
        for name in ["bin", "units", "run/kvmctl-site-site", "site/site/private", "site/site/releases"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for name in ["firewall-cmd", "ufw"] { try write("bin/\(name)", "#!/bin/sh\nexit 0\n") }
        try write("bin/systemctl", Self.systemctl)
        try write("bin/systemd-run", Self.systemdRun)
        try write("bin/daemon", Self.daemon)
    }

    /// Ends what runs there and removes it.
    func end() async {
        _ = try? await run("kill $(cat \"$1\"/ru[n]/*/nginx.pid) 2>/dev/null", [folder])
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Has a guest for the time of a call.
    static func with(_ shell: String = Script.shells[0], _ body: (ScriptedGuest) async throws -> Void)
        async throws
    {
        let guest = try ScriptedGuest(shell: shell)
        do { try await body(guest) } catch {
            await guest.end()
            throw error
        }
        await guest.end()
    }

    /// As functions, which shells prefer to what they bring along themselves.
    private static let users = "chown() { :; }; chgrp() { :; }\n"

    /// Starts, reloads and stops nginx as the unit says.
    private static let systemctl = """
        #!/bin/sh
        top=${0%/bin/*}; run=$top/run/kvmctl-site-site
        pid() { cat "$run/nginx.pid" 2>/dev/null; }
        # What has ended may wait for its parent to notice.
        lives() { grep -qs '^State:.[^Z]' "/proc/$1/status"; }
        runs() { [ -n "$(pid)" ] && lives "$(pid)"; }
        stop() {
            runs || return 0
            old=$(pid); kill "$old"
            while lives "$old"; do sleep 0.05; done
        }
        start() {
            mkdir -p "$run"
            "$top/bin/daemon" nginx -c "$top/site/site/nginx.conf"
            for round in 1 2 3 4 5 6 7 8 9 10; do runs && return 0; sleep 0.1; done
        }
        case $* in
            *build*) ;;
            is-active*) runs ;;
            start*) start ;;
            restart*) stop; start ;;
            reload*) kill -HUP "$(pid)" ;;
            disable*--now*) stop ;;
        esac
        """

    /// Leaves a program running that holds nothing of who started it open, who would wait for its end.
    private static let daemon = """
        #!/bin/bash
        for file in /proc/$$/fd/*; do
            number=${file##*/}
            (( number > 2 && number != 255 )) && eval "exec $number>&-"
        done
        PATH=$PATH:/usr/sbin setsid "$@" </dev/null >/dev/null 2>"${0%/bin/*}/said" &
        """

    /// Does to arguments what systemd does, and runs the command.
    private static let systemdRun = """
        #!/bin/bash
        while [[ $1 == -* ]]; do
            case $1 in
                -p|-E) case $2 in WorkingDirectory=*) cd "${2#*=}" || exit 1 ;; PATH=*) ;; esac; shift 2 ;;
                *) shift ;;
            esac
        done
        words=()
        for word; do
            while [[ $word =~ \\$\\{[A-Za-z_][A-Za-z0-9_]*\\} ]]; do word=${word/"${BASH_REMATCH[0]}"/}; done
            words+=("${word//\\$\\$/\\$}")
        done
        exec "${words[@]}"
        """

    /// Runs shell text.
    @discardableResult
    func run(_ text: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        try await run(Script(text, arguments))
    }

    @discardableResult
    func run(_ script: Script) async throws -> (status: Int32, output: String) {
        let words = Array(shell.dropFirst()) + ["-c", Self.users + adapted(script.text), "kvmctl"] + script.arguments
        let result = try await Subprocess.run(
            .name(shell[0]), arguments: Arguments(words), input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let output = result.standardOutput + result.standardError
        guard case .exited(let status) = result.terminationStatus else { return (-1, output) }
        return (Int32(status), output)
    }

    /// The script with the places of a guest moved into the folder.
    @Sendable private func adapted(_ script: String) -> String {
        script.replacing("/var/lib/kvmctl-", with: "\(folder)/")
            .replacing("/etc/systemd/system", with: "\(folder)/units").replacing("/run/", with: "\(folder)/run/")
            .replacing("PATH=/usr", with: "PATH=\(folder)/bin:/usr")
    }

    /// The channel to it from its node, which a script that plays ssh makes one here.
    func way() throws -> GuestChannel {
        try write("bin/ssh", "#!/bin/bash\nwhile [ \"$1\" != -- ]; do shift; done\nexec sh -c \"$3\"\n")
        let shell = shell.joined(separator: " ")
        try write(
            "bin/sudo", "#!/bin/bash\nscript=$4; shift 4\nexec \(shell) -c '\(Self.users)'\"$script\" \"$@\"\n")
        try write("key", "")
        let commands = commands(on: name("kvm1"), withPrograms: "\(folder)/bin", adapting: adapted)
        let address = try #require(IPv4Address("127.0.0.1"))
        return .ssh(GuestShell(commands: commands, folder: folder, addresses: [address]), at: address)
    }

    /// nginx's configuration as this guest gets it.
    func adapted(_ configuration: SiteConfiguration) -> String { adapted(configuration.nginx) }

    func write(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
        try makeExecutable("\(folder)/\(path)")
    }

    func text(_ path: String) throws -> String { try String(contentsOfFile: "\(base)/\(path)", encoding: .utf8) }

    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(base)/\(path)") }

    /// A release with one page.
    func makeRelease(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(base)/releases/\(name)", withIntermediateDirectories: true)
        try write("site/site/releases/\(name)/index.html", name)
    }

    /// What the port answers, asked as a node asks, for at most five seconds until it is right.
    func complaint(_ proof: ServerProof?, over scheme: String = "http") async throws -> String? {
        var found: String?
        for _ in 0..<50 {
            let said = try await run(
                HealthScripts.ask(HealthAnswer.pair("\(scheme)://127.0.0.1:\(port)", "/", proof)))
            found = HealthAnswer.complaint(
                HealthAnswer.read(said.output)[0], path: "/", port: port, wanted: 200, proof: proof)
            if found == nil { return nil }
            try await Task.sleep(for: .milliseconds(100))
        }
        return found
    }

    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

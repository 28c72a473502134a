import Foundation
import Glibc
import Reconciler
import SSH
import Spec
import TestNames
import TestPrograms
import TestTools

@testable import Fleet
@testable import Roles

/// A folder that the scripts of packages take for a guest: services, packages and a firewall are played by scripts, all else is
/// this machine's own.
///
/// Users are not played: everything there is the test's own.
struct PackagedGuest: Sendable {
    /// Whose packages a guest has.
    ///
    /// Alpine's services are OpenRC's.
    enum Family: String, Sendable, CaseIterable {
        case debian, rhel, alpine
    }

    /// The shells that the scripts must do the same in: those of nodes and guests, and RHEL's.
    static let shells = Script.shells + ["bash --posix"]
    /// What the scripts may run besides what is played.
    private static let tools =
        "awk base64 cat chmod chown cmp cp cut date df env find flock grep gzip head id kill ln ls mkdir mktemp mv od readlink rm sed"
        + " seq setsid sh sha256sum sleep sort stat sync tail tar timeout touch tr wc xargs"

    let folder: String
    let family: Family
    private let shell: [String]

    init(shell: String = "dash", family: Family = .debian) throws {
        // A script that is killed, or gives up, may leave what it is sent unread.
        signal(SIGPIPE, SIG_IGN)
        self.shell = shell.split(separator: " ").map(String.init)
        self.family = family
        folder = FileManager.default.temporaryDirectory.appending(path: "kvmctl-\(UUID().uuidString.prefix(8))").path
        for name in ["bin", "tools", "run", "etc/ufw", "units", "roles", "database", "policy", "said", "apt/lists"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for tool in Self.tools.split(separator: " ") {
            let place = ["/usr/bin", "/bin"].first { FileManager.default.fileExists(atPath: "\($0)/\(tool)") }
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/tools/\(tool)", withDestinationPath: "\(place ?? "/bin")/\(tool)")
        }
        for (name, text) in Self.programs(of: family) { try program(name, text) }
        if family != .alpine {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/run/systemd/system", withIntermediateDirectories: true)
        }
        try write("etc/ufw/ufw.conf", "ENABLED=yes\n")
        try write("etc/ufw/user.rules", "")
        try write("database/status", "")
        try write("packages", "")
    }

    /// Has a guest for the time of a call.
    static func with(
        _ shell: String = "dash", _ family: Family = .debian, _ body: (PackagedGuest) async throws -> Void
    ) async throws {
        let guest = try PackagedGuest(shell: shell, family: family)
        defer { try? FileManager.default.removeItem(atPath: guest.folder) }
        try await body(guest)
    }

    /// Runs a script, with what is put in front of it.
    @discardableResult
    func run(_ script: Script, input: [UInt8] = [], after text: String = "", before words: [String] = []) async throws
        -> CommandResult
    {
        // BusyBox prefers what it brings along itself to programs, and functions to both.
        let played = ["dpkg", "rpm"].filter { has("bin/\($0)") }.map { "\($0)() { \(folder)/bin/\($0) \"$@\"; }\n" }
        let all = words + shell + ["-c", played.joined() + text + adapted(script.text), "kvmctl"] + script.arguments
        // Far more than it takes: a machine that is busy otherwise is no failure.
        return try await LocalShell().run(all, input: input, timeout: .seconds(300))
    }

    /// Runs a script that has to succeed, and gives what it printed.
    @discardableResult
    func succeed(_ script: Script, input: [UInt8] = []) async throws -> String {
        let result = try await run(script, input: input)
        guard result.status == 0 else {
            throw StepProblem("\(script.arguments): \(result.status ?? -1) \(result.output)\(result.errorOutput)")
        }
        return result.output
    }

    @discardableResult
    func succeed(_ script: Script, _ input: String) async throws -> String {
        try await succeed(script, input: Array(input.utf8))
    }

    /// The channel to it from its node, which a script that plays ssh makes one here.
    func channel() throws -> GuestChannel {
        try write("way/ssh", "#!/bin/bash\nwhile [ \"$1\" != -- ]; do shift; done\nexec sh -c \"$3\"\n")
        let shell = shell.joined(separator: " ")
        try write("way/sudo", "#!/bin/bash\nscript=$4; shift 4\nexec \(shell) -c \"$script\" \"$@\"\n")
        for name in ["ssh", "sudo"] {
            try makeExecutable(path("way/\(name)"))
        }
        try write("key", "")
        let commands = commands(on: name("kvm1"), withPrograms: path("way"), adapting: adapted)
        guard let address = IPv4Address("127.0.0.1") else { throw StepProblem("there is no address") }
        return .ssh(GuestShell(commands: commands, folder: folder, addresses: [address]), at: address)
    }

    /// The script with the places of a guest moved into the folder.
    @Sendable private func adapted(_ script: String) -> String {
        let places = [
            ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PATH=\(folder)/bin:\(folder)/tools"),
            ("/var/lib/kvmctl/roles", "\(folder)/roles"), ("/run/", "\(folder)/run/"),
            ("/usr/sbin/policy-rc.d", "\(folder)/policy/policy-rc.d"), ("/var/lib/dpkg", "\(folder)/database"),
            ("/var/lib/apt", "\(folder)/apt"), ("/var/cache/apt", "\(folder)/apt"),
            ("/var/lib/rpm", "\(folder)/database/rpm"), ("/usr/lib/sysimage", "\(folder)/none"),
            ("/lib/apk/db", "\(folder)/none"), ("/etc/ufw", "\(folder)/etc/ufw"),
            ("/etc/os-release", "\(folder)/etc/os-release"), ("/etc/firewalld", "\(folder)/etc/firewalld"),
            ("/var/lib/kvmctl-files", "\(folder)/files"),
            ("'^(/usr", "'^\(folder)(/usr"),
        ]
        return places.reduce(script) { $0.replacing($1.0, with: $1.1) }
    }

    func path(_ path: String) -> String { "\(folder)\(path.hasPrefix("/") ? "" : "/")\(path)" }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// What a file holds; nil where there is none.
    func text(_ name: String) -> String? { try? String(contentsOfFile: path(name), encoding: .utf8) }

    func write(_ name: String, _ text: String) throws {
        let url = URL(filePath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    /// The files below a folder, by their paths in it.
    func files(below name: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String } ?? []
        return found.filter {
            (try? FileManager.default.attributesOfItem(atPath: path("\(name)/\($0)")))?[.type] as? FileAttributeType
                != .typeDirectory
        }.sorted()
    }

    /// Every program that was played, with its arguments.
    var calls: String { text("said/calls") ?? "" }

    /// Puts what plays a program there.
    func program(_ name: String, _ text: String) throws {
        try write(
            "bin/\(name)", "#!/bin/sh\ntop=${0%/bin/*}; echo \"\(name) $*\" >>\"$top/said/calls\"\n" + text + "\n")
        try makeExecutable(path("bin/\(name)"))
    }
}

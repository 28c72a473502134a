import Foundation
import Glibc
package import SSH

/// A real sshd on loopback with keys of its own, for as long as this value lives.
package final class TestServer: Sendable {
    package let port: Int
    package let folder: TestFolder
    private let processIdentifier: pid_t

    /// - Parameters:
    ///   - settings: more lines of sshd_config.
    ///   - options: what wins over the settings of all servers here.
    package init(
        _ settings: [String] = [], options: [String] = [], port: Int? = nil, hostKeyFrom other: TestServer? = nil
    ) throws {
        guard ProcessEnd.isGuarded else { throw TestFailure("on_exit: no room") }
        folder = try TestFolder()
        self.port = try port ?? FreePort.find()
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("client"))
        try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("host"))
        try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", folder.file("host_ecdsa"))
        let configuration = """
            Port \(self.port)
            ListenAddress 127.0.0.1
            HostKey \(folder.file("host"))
            HostKey \(folder.file("host_ecdsa"))
            AuthorizedKeysFile \(folder.file("client.pub"))
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            SetEnv HOME=\(folder.path)
            PermitRootLogin yes
            MaxStartups 100
            LogLevel ERROR
            \(settings.joined(separator: "\n"))
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder.file("sshd_config")))
        processIdentifier = try LocalTool.start(
            "/usr/sbin/sshd",
            ["-D", "-f", folder.file("sshd_config"), "-E", folder.file("log")]
                + options.flatMap { ["-o", $0] })
        try writeKnownHosts()
        try FreePort.waitUntilServed(self.port)
    }

    deinit { LocalTool.stop(processIdentifier) }

    /// Where and as whom to connect; `port` is another one when something stands in front of the server.
    package func endpoint(port other: Int? = nil) -> Endpoint {
        Endpoint(host: "127.0.0.1", port: other ?? port, user: LocalTool.userName, identities: [folder.file("client")])
    }

    /// Options that trust this server and nothing else.
    package func options() -> ConnectOptions {
        ConnectOptions(knownHosts: folder.file("known_hosts"), configuration: .none, usesAgent: false)
    }

    /// A session with this server.
    package func connect(_ change: (inout ConnectOptions) -> Void = { _ in }) async throws -> Session {
        var options = options()
        change(&options)
        return try await Session.connect(endpoint(), options: options)
    }

    /// The fingerprint of the key that the server shows, as ssh-keygen prints it.
    package func fingerprint(of key: String = "host") throws -> String {
        let words = try LocalTool.run("/usr/bin/ssh-keygen", "-lf", folder.file("\(key).pub")).split(separator: " ")
        return String(words[1])
    }

    /// Writes a known_hosts file that has this server's keys, also for what listens on `ports` in front of it.
    package func writeKnownHosts(alsoFor ports: [Int] = [], names: [String] = []) throws {
        var lines: [String] = []
        for key in ["host", "host_ecdsa"] {
            let text = try String(contentsOfFile: folder.file("\(key).pub"), encoding: .utf8)
            let hosts = ([port] + ports).map { "[127.0.0.1]:\($0)" } + names
            lines.append("\(hosts.joined(separator: ",")) \(text)")
        }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: folder.file("known_hosts")))
    }
}

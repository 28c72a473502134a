import Foundation
import Glibc
import SSH
import TestSSH
import Testing

/// What can go wrong before a session stands, each told apart.
@Suite("Connecting") struct ConnectionTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    /// The reason for which connecting fails.
    private func failure(_ endpoint: Endpoint, _ options: ConnectOptions) async throws -> SSHError {
        do throws(SSHError) {
            _ = try await Session.connect(endpoint, options: options)
        } catch {
            #expect(!error.remedy.isEmpty)
            #expect(error.description.hasPrefix(error.target))
            return error
        }
        throw TestFailure("connected to \(endpoint)")
    }

    @Test("a port without a server is refused")
    func refused() async throws {
        let closed = try LoopbackSocket.reserve()
        defer { close(closed.descriptor) }
        let error = try await failure(server.endpoint(port: closed.port), server.options())
        #expect(error.reason == .refused)
        #expect(error.isUnreachable)
    }

    @Test("a name without an address is told as such")
    func unresolved() async throws {
        var endpoint = server.endpoint()
        endpoint.host = "no-such-host.invalid"
        let error = try await failure(endpoint, server.options())
        guard case .nameNotResolved = error.reason else { throw error }
    }

    @Test("an address that no route leads to is told as such")
    func noRoute() async throws {
        var endpoint = server.endpoint()
        // Reserved for ever: the kernel itself refuses it.
        endpoint.host = "255.255.255.255"
        let error = try await failure(endpoint, server.options())
        guard case .noRoute(let words) = error.reason else { throw error }
        #expect(error.description.lowercased().hasSuffix(": \(words.lowercased())"))
        #expect(error.cause == nil, "said once")
    }

    @Test("a server that accepts and says nothing ends in a timeout that names the greeting")
    func silentServer() async throws {
        let (listener, port) = try LoopbackSocket.listen()
        defer { close(listener) }
        var options = server.options()
        options.timeout = .milliseconds(300)
        let error = try await failure(server.endpoint(port: port), options)
        #expect(error.reason == .timeout(.milliseconds(300), waitingFor: "its ssh greeting"))
    }

    @Test("a server that is no ssh server is a protocol failure")
    func otherProtocol() async throws {
        let (listener, port) = try LoopbackSocket.listen()
        TestThread.start {
            let connection = accept(listener, nil, nil)
            _ = SocketIO.writeAll(connection, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...])
            close(connection)
            close(listener)
        }
        let error = try await failure(server.endpoint(port: port), server.options())
        guard case .protocolFailure = error.reason else { throw error }
    }

    @Test("a key the server does not know is an authentication failure that names it")
    func wrongKey() async throws {
        try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", server.folder.file("other"))
        var endpoint = server.endpoint()
        endpoint.identities = [server.folder.file("other"), server.folder.file("none")]
        let error = try await failure(endpoint, server.options())
        #expect(
            error.reason
                == .authenticationFailed(
                    methods: ["publickey"],
                    tried: [server.folder.file("other"), "\(server.folder.file("none")) (does not exist)"]))
    }

    @Test("a second key counts as the second try of a server that takes two, and a third is told as too many")
    func fewTries() async throws {
        let strict = try TestServer(options: ["MaxAuthTries=2"])
        for name in ["one", "two"] {
            try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", strict.folder.file(name))
        }
        var endpoint = strict.endpoint()
        endpoint.identities.insert(strict.folder.file("one"), at: 0)
        #expect(try await Session.connect(endpoint, options: strict.options()).run(["true"]).succeeded)
        endpoint.identities.insert(strict.folder.file("two"), at: 0)
        let start = ContinuousClock.now
        let error = try await failure(endpoint, strict.options())
        guard case .authenticationFailed(_, let tried, _) = error.reason else { throw error }
        #expect(tried.last == "then the server closed the connection")
        #expect(start.duration(to: .now) < .seconds(8))
    }

    @Test("an RSA key opens a session, whatever else is named before it")
    func rsaKey() async throws {
        let rsa = try TestServer()
        let file = rsa.folder.file("rsa")
        try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", file)
        var endpoint = rsa.endpoint()
        let other = endpoint.identities
        try LocalTool.run("/bin/cp", "\(file).pub", rsa.folder.file("client.pub"))
        for identities in [[file], other + [file]] {
            endpoint.identities = identities
            #expect(try await Session.connect(endpoint, options: rsa.options()).run(["true"]).succeeded)
        }
    }

    @Test("an encrypted key is told as such and asks nobody for its passphrase")
    func encryptedKey() async throws {
        try LocalTool.run(
            "/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", server.folder.file("locked"))
        var endpoint = server.endpoint()
        endpoint.identities = [server.folder.file("locked")]
        let error = try await failure(endpoint, server.options())
        let file = server.folder.file("locked")
        guard case .authenticationFailed(_, let tried, let obstacle) = error.reason else { throw error }
        #expect(tried == ["\(file) (has a passphrase)"])
        #expect(obstacle == .passphrase(file: file))
        #expect(error.remedy.contains("ssh-add \(file)"))
    }

    @Test("a key that others may read is not used, as ssh does not use it")
    func exposedKey() async throws {
        let file = server.folder.file("client")
        chmod(file, 0o644)
        let error = try await failure(server.endpoint(), server.options())
        guard case .authenticationFailed(_, _, let obstacle) = error.reason else { throw error }
        #expect(obstacle == .exposedKey(file: file, mode: "0644"))
        #expect(error.remedy.contains("chmod 600 \(file)"))
        chmod(file, 0o600)
        #expect(try await server.connect().run(["true"]).succeeded)
    }

    @Test("a server that wants more than the key is told from one that does not know it")
    func secondFactor() async throws {
        let server = try TestServer(
            ["AuthenticationMethods publickey,keyboard-interactive"],
            options: ["KbdInteractiveAuthentication=yes", "UsePAM=yes"])
        let error = try await failure(server.endpoint(), server.options())
        guard case .authenticationFailed(let methods, _, let obstacle) = error.reason else { throw error }
        #expect(obstacle == .moreIsAsked)
        #expect(methods == ["keyboard-interactive"])
        #expect(error.remedy.contains("AuthenticationMethods publickey"))
    }

    @Test("a server that takes no keys is told as such")
    func noKeys() async throws {
        let server = try TestServer(["PubkeyAuthentication no"], options: ["PasswordAuthentication=yes"])
        let error = try await failure(server.endpoint(), server.options())
        guard case .authenticationFailed(_, _, let obstacle) = error.reason else { throw error }
        #expect(obstacle == .noKeysTaken)
    }

    /// Lines of known_hosts for the server's keys, with something in front of each.
    private func knownHosts(_ marker: String, keys: [String] = ["host", "host_ecdsa"]) throws -> String {
        try keys.map {
            let key = try String(contentsOfFile: server.folder.file("\($0).pub"), encoding: .utf8)
            return "\(marker)[127.0.0.1]:\(server.port) \(key)"
        }.joined()
    }

    private func options(knownHosts text: String) throws -> ConnectOptions {
        var options = server.options()
        options.knownHosts = server.folder.file("hosts-\(UUID())")
        try Data(text.utf8).write(to: URL(fileURLWithPath: options.knownHosts ?? ""))
        return options
    }

    @Test("a revoked host key is refused, though it is known, and whatever else is revoked")
    func revoked() async throws {
        let other = try TestServer()
        let otherKey = try String(contentsOfFile: other.folder.file("host.pub"), encoding: .utf8)
        let text = try knownHosts("") + "@revoked * \(otherKey)" + knownHosts("@revoked ", keys: ["host"])
        let error = try await failure(server.endpoint(), try options(knownHosts: text))
        guard case .hostKeyRevoked(let key) = error.reason else { throw error }
        #expect(key.fingerprint == (try server.fingerprint()))
        let fine = try options(knownHosts: try knownHosts("") + "@revoked * \(otherKey)")
        #expect(try await Session.connect(server.endpoint(), options: fine).run(["true"]).succeeded)
    }

    @Test("where known_hosts trusts an authority, it is said that this is not understood, and how to go on")
    func authority() async throws {
        let error = try await failure(
            server.endpoint(), try options(knownHosts: try knownHosts("@cert-authority ", keys: ["host_ecdsa"])))
        guard case .hostCertificateWanted(let key, _, _, _) = error.reason else { throw error }
        #expect(key.fingerprint == (try server.fingerprint()))
        #expect(error.description.contains("@cert-authority"))
        #expect(error.remedy.contains("ssh-keyscan"))
    }

    @Test("known_hosts with the line ends of Windows, and with hashed names, is read as ssh reads it")
    func windowsLines() async throws {
        let lines = try knownHosts("").replacing("\n", with: "\r\n")
        let bare = lines.split(separator: "\r\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        let crlf = try options(knownHosts: bare.joined(separator: "\r\n") + "\r\n")
        #expect(try await Session.connect(server.endpoint(), options: crlf).run(["true"]).succeeded)
        let hashed = try options(knownHosts: try knownHosts(""))
        try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-H", "-f", hashed.knownHosts ?? "")
        #expect(try await Session.connect(server.endpoint(), options: hashed).run(["true"]).succeeded)
    }

    @Test("where ssh_config keeps no host keys, the remedy writes to no file that keeps nothing")
    func noFile() async throws {
        try Data("Host *\nUserKnownHostsFile /dev/null\nGlobalKnownHostsFile /dev/null\n".utf8)
            .write(to: URL(fileURLWithPath: server.folder.file("config")))
        var options = server.options()
        options.knownHosts = nil
        options.configuration = .file(server.folder.file("config"))
        let error = try await failure(server.endpoint(), options)
        #expect(!error.remedy.contains("/dev/null"))
        #expect(error.remedy.contains("hostKey: \(try server.fingerprint())"))
        #expect(error.remedy.contains("KVMCTL_KNOWN_HOSTS"))
    }

    @Test("what is wrong with a jump host is said of the jump host")
    func jumpFails() async throws {
        let (keeper, closed) = try LoopbackSocket.reserve()
        defer { close(keeper) }
        for (jump, reason) in [
            ("127.0.0.1:\(closed)", SSHError.Reason.refused),
            ("nobody@127.0.0.1:\(server.port)", .authenticationFailed(methods: ["publickey"], tried: [])),
        ] {
            var endpoint = server.endpoint()
            endpoint.host = "10.255.255.1"
            endpoint.jump = jump
            let error = try await failure(endpoint, server.options())
            guard case .jumpFailed(let cause) = error.reason else { throw error }
            #expect(error.isUnreachable)
            #expect(error.description.contains("10.255.255.1") && error.description.contains("jump host"))
            #expect(error.remedy.contains("jump host") && !error.remedy.contains("the node"))
            switch (cause.reason, reason) {
            case (.refused, .refused), (.authenticationFailed, .authenticationFailed): break
            default: throw error
            }
        }
    }

    @Test("an unknown host key is refused with its fingerprint and the command that adds it")
    func unknownHostKey() async throws {
        var options = server.options()
        options.knownHosts = server.folder.file("empty")
        let error = try await failure(server.endpoint(), options)
        guard case .unknownHostKey(let key, let files, _, _) = error.reason else { throw error }
        #expect(key == HostKey(algorithm: "ssh-ed25519", fingerprint: try server.fingerprint()))
        #expect(files == [server.folder.file("empty")])
        #expect(
            error.remedy.contains(
                "ssh-keyscan -p \(server.port) -t ed25519 127.0.0.1 >> \(server.folder.file("empty"))"))
        #expect(error.remedy.contains(try server.fingerprint()))
    }

    @Test(
        "the remedy for an unknown host key works as it is written, also where the folder of the file is not there yet",
        arguments: ["accepted", "new folder/accepted"])
    func remedyWorks(file: String) async throws {
        var options = server.options()
        options.knownHosts = server.folder.file(file)
        let error = try await failure(server.endpoint(), options)
        let command = error.remedy.split(separator: ": ")[1].split(separator: ", or")[0]
        try LocalTool.run("/bin/sh", "-c", "\(command) 2>/dev/null")
        let session = try await Session.connect(server.endpoint(), options: options)
        #expect(try await session.run(["true"]).succeeded)
    }

    @Test("a changed host key is refused, also when the user's ssh_config checks no keys")
    func changedHostKey() async throws {
        let other = try TestServer()
        let key = try String(contentsOfFile: other.folder.file("host.pub"), encoding: .utf8)
        try Data("[127.0.0.1]:\(server.port) \(key)".utf8)
            .write(to: URL(fileURLWithPath: server.folder.file("changed")))
        try Data("Host *\nStrictHostKeyChecking no\n".utf8)
            .write(to: URL(fileURLWithPath: server.folder.file("config")))
        var options = server.options()
        options.knownHosts = server.folder.file("changed")
        options.configuration = .file(server.folder.file("config"))
        let error = try await failure(server.endpoint(), options)
        guard case .hostKeyChanged(let seen, _, _, _) = error.reason else { throw error }
        #expect(seen.fingerprint == (try server.fingerprint()))
        #expect(error.remedy.contains("ssh-keygen -R"))
    }

    @Test("a pinned key is enough without known_hosts, and nothing else is accepted")
    func pin() async throws {
        var options = server.options()
        options.knownHosts = server.folder.file("empty")
        var endpoint = server.endpoint()
        endpoint.hostKey = try server.fingerprint()
        #expect(try await Session.connect(endpoint, options: options).run(["true"]).succeeded)

        endpoint.hostKey = "SHA256:" + String(repeating: "A", count: 43)
        let error = try await failure(endpoint, server.options())
        guard case .hostKeyPinMismatch(let seen, _) = error.reason else { throw error }
        #expect(seen.fingerprint == (try server.fingerprint()))
    }

    @Test("the pin of a key that the server would not show first is found")
    func pinOfOtherKey() async throws {
        var endpoint = server.endpoint()
        endpoint.hostKey = try server.fingerprint(of: "host_ecdsa")
        #expect(try await Session.connect(endpoint, options: server.options()).run(["true"]).succeeded)
    }

    @Test("a session goes through another one, and both checks of host keys stand")
    func jump() async throws {
        let bastion = try TestServer()
        let first = try await bastion.connect()
        let second = try await Session.connect(server.endpoint(), options: server.options(), through: first)
        #expect(try await second.run(["echo", "through"]).output == "through\n")

        let closed = try LoopbackSocket.reserve()
        defer { close(closed.descriptor) }
        let error: SSHError?
        do throws(SSHError) {
            var endpoint = server.endpoint()
            endpoint.port = closed.port
            _ = try await Session.connect(endpoint, options: server.options(), through: first)
            error = nil
        } catch let caught { error = caught }
        guard case .destinationUnreachable? = error?.reason else {
            throw error ?? TestFailure("connected") as any Error
        }
    }

    @Test("a cancelled connection attempt ends at once")
    func cancellation() async throws {
        let (listener, port) = try LoopbackSocket.listen()
        defer { close(listener) }
        let endpoint = server.endpoint(port: port)
        let options = server.options()
        let attempt = Task { try await Session.connect(endpoint, options: options) }
        attempt.cancel()
        await #expect(throws: SSHError.self) { _ = try await attempt.value }
    }

    @Test("fifty sessions live in one process, and no connection of them is left after their end")
    func fifty() async throws {
        let sessions = try await withThrowingTaskGroup(of: Session.self) { group in
            for _ in 0..<50 { group.addTask { try await server.connect() } }
            return try await group.reduce(into: [Session]()) { $0.append($1) }
        }
        let outputs = try await withThrowingTaskGroup(of: Bool.self) { group in
            for session in sessions { group.addTask { try await session.run(["true"]).succeeded } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outputs == Array(repeating: true, count: 50))
        for session in sessions { await session.close() }
        #expect(try Self.connections(to: server.port) == 0)
    }

    /// How many connections of this machine lead to a port and were not closed on this side.
    private static func connections(to port: Int) throws -> Int {
        let suffix = ":" + String(port, radix: 16, uppercase: true)
        return try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n").count { line in
            let words = line.split(separator: " ")
            return words.count > 3 && words[2].hasSuffix(suffix) && ["01", "08"].contains(words[3])
        }
    }
}

import Foundation
import Glibc
import SSH
import TestSSH
import Testing

/// The user's ssh_config, honoured or refused aloud.
@Suite("ssh_config") struct ConfigurationTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    /// Connects to a Host of a configuration, in which `PORT`, `FOLDER` and `USER` stand for the server's.
    private func connect(
        _ host: String, _ text: String, _ change: (inout Endpoint, inout ConnectOptions) -> Void = { _, _ in }
    )
        async throws -> Session
    {
        let folder = server.folder.path
        let filled = text.replacing("PORT", with: "\(server.port)").replacing("FOLDER", with: folder)
            .replacing("USER", with: LocalTool.userName)
        let file = server.folder.file("config")
        try Data(filled.utf8).write(to: URL(fileURLWithPath: file))
        var endpoint = Endpoint(host: host)
        var options = ConnectOptions(configuration: .file(file), usesAgent: false)
        change(&endpoint, &options)
        return try await Session.connect(endpoint, options: options)
    }

    private static let complete = """
        HostName 127.0.0.1
        Port PORT
        User USER
        IdentityFile FOLDER/client
        UserKnownHostsFile FOLDER/known_hosts

        """

    @Test(
        "a Host that applies gives everything that is needed",
        arguments: [
            "Host node\n\(complete)", "Host other !node\nPort 1\nHost n?d*\n\(complete)",
            "# comment\nHost \"node\"\n\(complete)", "Match host node user USER\n\(complete)",
            "Match originalhost other,no*\n\(complete)", "Match final all\n\(complete)",
            "Host node\nPort=PORT\nPort 1\n\(complete)", "Host *\nInclude FOLDER/nothing*\n\(complete)",
            "Host x\nCertificateFile no\nCanonicalizeHostname yes\nHost node\n\(complete)",
        ])
    func applies(_ text: String) async throws {
        let session = try await connect("node", text) { endpoint, _ in
            if text.contains("user USER") { endpoint.user = LocalTool.userName }
        }
        #expect(try await session.run(["true"]).succeeded)
    }

    @Test("lines that end as on Windows are read as any")
    func windowsLines() async throws {
        let text = "Host node\n\(Self.complete)".replacing("\n", with: "\r\n")
        #expect(try await connect("node", text).run(["true"]).succeeded)
    }

    @Test("a file that others may write to is refused, and so is one that it includes", arguments: ["config", "more"])
    func writable(name: String) async throws {
        try Data("Host node\n".utf8).write(to: URL(fileURLWithPath: server.folder.file("more")))
        chmod(server.folder.file("more"), name == "more" ? 0o666 : 0o644)
        do {
            _ = try await connect("node", "Include FOLDER/more\nHost node\n\(Self.complete)") { _, _ in
                if name == "config" {
                    // A group that is not the owner's.
                    chown(server.folder.file("config"), getuid(), 1)
                    chmod(server.folder.file("config"), 0o664)
                }
            }
        } catch let error as SSHError {
            guard case .unusable(let what, let remedy) = error.reason else { throw error }
            #expect(what == "other users may write to \(server.folder.file(name))")
            #expect(remedy.hasPrefix("chmod go-w \(server.folder.file(name))"))
            return
        }
        throw TestFailure("it was read")
    }

    @Test("a file that only its owner's own group may write to is read")
    func ownGroup() async throws {
        let session = try await connect("node", "Host node\n\(Self.complete)") { _, _ in
            chmod(server.folder.file("config"), 0o664)
        }
        #expect(try await session.run(["true"]).succeeded)
    }

    @Test("what the endpoint says wins")
    func endpointWins() async throws {
        let session = try await connect("127.0.0.1", "Host *\nPort 1\nUser nobody\nIdentityFile /nowhere\n") {
            endpoint, options in
            endpoint = server.endpoint()
            options.knownHosts = server.folder.file("known_hosts")
        }
        #expect(try await session.run(["true"]).succeeded)
    }

    @Test("an included file counts, and the tokens in it are replaced")
    func include() async throws {
        try Data("Host node\nIdentityFile FOLDER/%n\n".replacing("FOLDER", with: server.folder.path).utf8)
            .write(to: URL(fileURLWithPath: server.folder.file("included.conf")))
        try FileManager.default.copyItem(atPath: server.folder.file("client"), toPath: server.folder.file("node"))
        let text = "Include FOLDER/*.conf\nHost *\n" + Self.complete.replacing("IdentityFile FOLDER/client\n", with: "")
        #expect(try await connect("node", text).run(["true"]).succeeded)
    }

    @Test("HostKeyAlias is the name that known_hosts is asked for")
    func hostKeyAlias() async throws {
        let key = try String(contentsOfFile: server.folder.file("host.pub"), encoding: .utf8)
        try Data("the-alias \(key)".utf8).write(to: URL(fileURLWithPath: server.folder.file("known_hosts")))
        #expect(
            try await connect("node", "Host node\nHostKeyAlias the-alias\n\(Self.complete)").run(["true"]).succeeded)
        await #expect(throws: SSHError.self) {
            _ = try await connect("node", "Host node\nHostKeyAlias another\n\(Self.complete)")
        }
    }

    @Test("a certificate is used")
    func certificate() async throws {
        let folder = server.folder
        for name in ["ca", "signed"] {
            try LocalTool.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file(name))
        }
        try LocalTool.run(
            "/usr/bin/ssh-keygen", "-q", "-s", folder.file("ca"), "-I", "test", "-n", LocalTool.userName,
            folder.file("signed.pub"))
        try LocalTool.run("/bin/mv", folder.file("signed-cert.pub"), folder.file("certificate"))
        let trusting = try TestServer(["TrustedUserCAKeys \(folder.file("ca.pub"))", "AuthorizedKeysFile none"])
        let text = """
            Host node
            HostName 127.0.0.1
            Port \(trusting.port)
            User USER
            IdentityFile FOLDER/signed
            CertificateFile FOLDER/certificate
            UserKnownHostsFile \(trusting.folder.file("known_hosts"))

            """
        #expect(try await connect("node", text).run(["true"]).succeeded)
    }

    @Test("ProxyJump and a proxy command lead through")
    func proxies() async throws {
        let text = """
            Host node
            ProxyJump bastion
            Host bastion node
            \(Self.complete)
            """
        #expect(try await connect("node", text).run(["true"]).succeeded)
        // The command leaves a child behind in its shell's group, which must end with it, and says what it inherited.
        let notes = "echo $$ >FOLDER/group; ls /proc/self/fd >FOLDER/open"
        let script = "\(notes); exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3"
        let inherited = Glibc.open("/dev/null", O_RDONLY)
        defer { Glibc.close(inherited) }
        let session = try await connect("node", "Host node\nProxyCommand bash -c '\(script)'\n\(Self.complete)")
        #expect(try await session.run(["true"]).succeeded)
        await session.close()
        let group = try String(contentsOfFile: server.folder.file("group"), encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        let left = try LocalTool.run("/bin/sh", "-c", "pgrep -g \(group) || true")
        #expect(left == "", "the proxy command and what it started have ended")
        // ls itself opens the folder.
        let open = try String(contentsOfFile: server.folder.file("open"), encoding: .utf8)
        #expect(open.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test(
        "what cannot be done and would change whom we talk to is an error that names it",
        arguments: [
            "CanonicalizeHostname yes", "PKCS11Provider /usr/lib/x.so", "RevokedHostKeys /etc/ssh/revoked",
            "Match exec true", "IdentityFile \"unclosed", "Ciphers none-of-these",
        ])
    func refused(_ line: String) async throws {
        do {
            _ = try await connect("node", "Host node\n\(Self.complete)\(line)\n")
        } catch let error as SSHError {
            guard case .unusable(let what, _) = error.reason else { throw error }
            #expect(
                what.contains(line.split(separator: " ")[0]) || what.contains("quote") || what.contains("Match exec"))
            return
        }
        throw TestFailure("\(line) was accepted")
    }

    @Test(
        "hops of a jump list are read as ssh reads them",
        arguments: [
            ("bastion", Endpoint(host: "bastion")), ("u@b:2222", Endpoint(host: "b", port: 2222, user: "u")),
            ("[fd00::1]:22", Endpoint(host: "fd00::1", port: 22)), ("fd00::1", Endpoint(host: "fd00::1")),
            ("b:x", nil), ("@b", nil), ("", nil),
        ])
    func hops(_ text: String, _ endpoint: Endpoint?) {
        #expect(Endpoint(hop: text, identities: []) == endpoint)
    }
}

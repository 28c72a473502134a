import Spec
import Testing

@testable import Fleet
@testable import Roles

/// What lets git in, and what is said when it does not.
@Suite("Credentials of repositories") struct GitCredentialsTests {
    private func site(_ change: (inout GitWebRole) -> Void) -> GitWebRole {
        var site = GitWebRole(repo: "https://example.org/site.git")
        change(&site)
        return site
    }

    private func text(_ site: GitWebRole, _ secrets: [Secret: String]) async throws -> String {
        let credentials = try await GitCredentials(of: site) { secret in
            guard let text = secrets[secret] else { throw StepProblem("cannot read the secret \(secret)") }
            return text
        }
        return String(decoding: credentials.input, as: UTF8.self)
    }

    @Test("Each line says what it belongs to, whatever is in it")
    func lines() async throws {
        let all = site {
            $0.deployKey = .file("key")
            $0.knownHosts = .file("hosts")
            $0.certificateAuthority = .file("ca")
            $0.login = .init(user: "deploy", password: .environment("TOKEN"))
        }
        let secrets: [Secret: String] = [
            .file("key"): "-----BEGIN\nab=\n=\n-----END\n", .file("hosts"): "a ssh-ed25519 A\r\nb ssh-ed25519 B",
            .file("ca"): "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----",
            .environment("TOKEN"): "a' \"$(id)`\\=",
        ]
        #expect(
            try await text(all, secrets) == """
                k -----BEGIN
                k ab=
                k =
                k -----END
                h a ssh-ed25519 A
                h b ssh-ed25519 B
                a -----BEGIN CERTIFICATE-----
                a xx
                a -----END CERTIFICATE-----
                p a' "$(id)`\\=
                u deploy

                """)
        #expect(try await text(site { _ in }, [:]).isEmpty)
    }

    @Test("Without what the machine holds nothing is asked over ssh, and git is told so")
    func alone() async throws {
        for repo in ["git@example.org:a.git", "ssh://git@example.org/a.git"] {
            await #expect(throws: StepProblem.self) {
                try await GitCredentials(of: GitWebRole(repo: repo), usesMachine: false) { _ in "" }
            }
        }
        for repo in ["https://example.org/a.git", "git://example.org/a.git"] {
            let credentials = try await GitCredentials(of: GitWebRole(repo: repo), usesMachine: false) { _ in "" }
            #expect(credentials.input == Array("n -\n".utf8))
        }
    }

    @Test("What is no password or certificate is refused without being repeated")
    func refused() async {
        let login = site { $0.login = .init(user: "a", password: .environment("TOKEN")) }
        let authority = site { $0.certificateAuthority = .file("ca") }
        for (site, secret) in [(login, Secret.environment("TOKEN")), (authority, .file("ca"))] {
            let error = await #expect(throws: StepProblem.self) { try await text(site, [secret: "hidden\nhost=x"]) }
            #expect(error.map { !"\($0)".contains("hidden") } ?? false)
            await #expect(throws: StepProblem.self) { try await text(site, [:]) }
        }
    }

    @Test(
        "No part of a login or of a signature is shown",
        arguments: [
            ("fatal: 'https://u:p@ss@example.org/x'", "fatal: 'https://***@example.org/x'"),
            ("a ssh://git@example.org:22/x b@c", "a ssh://***@example.org:22/x b@c"),
            ("https://example.org/x?token=abc'd&b=c@d: no", "https://example.org/x?*** no"),
            ("https://u:p@h/x?a=b http://h/y?z", "https://***@h/x?*** http://h/y?***"),
            ("https://example.org/a@b why? git@example.org:x", "https://example.org/a@b why? git@example.org:x"),
        ])
    func logins(said: String, shown: String) {
        #expect(GitComplaint.withoutLogins(said) == shown)
    }

    @Test("A submodule that cannot be fetched is named, and the repository's key is blamed for its own host alone")
    func submodule() {
        let keyed = site { $0.deployKey = .file("key") }
        let said = """
            git@other.org: Permission denied (publickey).
            fatal: Could not read from remote repository.

            Please make sure you have the correct access rights
            and the repository exists.
            the submodule themes/a cannot be fetched from https://u:p@ss@other.org/a.git

            """
        let own = GitComplaint.words(said, of: keyed, on: "kvm1")
        #expect(
            own == "the submodule themes/a cannot be fetched from https://***@other.org/a.git: "
                + "it rejects the key from file:key; add the key on its host, or correct deployKey")
        let elsewhere = GitComplaint.words(said + GitScripts.elsewhere + "\n", of: keyed, on: "kvm1")
        #expect(
            elsewhere == "the submodule themes/a cannot be fetched from https://***@other.org/a.git: "
                + "git@other.org: Permission denied (publickey).; fatal: Could not read from remote repository.; "
                + "it is on another host, which receives neither the key nor the login")
    }

    @Test(
        "git's own words become what to do",
        arguments: [
            (
                "fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none CRLfile: none",
                "write|set certificateAuthority:", "correct certificateAuthority"
            ),
            ("fatal: unable to access 'x': SSL certificate problem: self-signed", "kvm1 does not trust", "file:ca"),
            ("fatal: Authentication failed for 'https://x/'", "set login:", "from env:TOKEN; correct login"),
            (
                "fatal: could not read Username for 'https://x': terminal prompts disabled", "set login:",
                "own host and port only"
            ),
            ("Host key verification failed.\nfatal: Could not read from remote", "set knownHosts:", "file:hosts"),
            ("git@x: Permission denied (publickey).\nfatal: x", "set deployKey:", "file:key"),
            ("warning: \u{1b}[31m\nfatal: odd\n", "warning: \\u{1b}[31m; fatal: odd", "fatal: odd"),
        ])
    func words(said: String, bare: String, given: String) {
        let all = site {
            $0.deployKey = .file("key")
            $0.knownHosts = .file("hosts")
            $0.certificateAuthority = .file("ca")
            $0.login = .init(user: "deploy", password: .environment("TOKEN"))
        }
        let plain = GitComplaint.words(said, of: site { _ in }, on: "kvm1")
        #expect(bare.split(separator: "|").contains { plain.contains($0) }, "\(plain)")
        #expect(GitComplaint.words(said, of: all, on: "kvm1").contains(given))
    }
}

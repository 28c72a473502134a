import YAML

/// The keys of a role: exactly one kind.
enum RoleKeys {
    static let gitWeb = Key(
        "git-web", Kind<GitWebRole>.gitWeb, "A git repository served as a website.",
        example: "{repo: https://example.org/site.git}")
    static let table = Table("a role", [gitWeb])
}

/// The keys of a git-web role.
enum GitWebKeys {
    static let repo = Key(
        "repo", Kind<String>.repository, "The repository's address: https, ssh or git; must be given.",
        example: "https://example.org/site.git")
    static let ref = Key(
        "ref", Kind<String>.gitRef, "A branch, tag or commit; a branch or tag by its name alone, without refs/.",
        unset: "`main`", example: "v1.2")
    static let path = Key(
        "path", Kind<String>.innerPath, "The folder of it that is served; index.html is in it.", unset: "the whole",
        example: "public")
    static let port = Key(
        "port", Kind<Int>.integer(1...65_535, "a port"), "The port it is served on.", unset: "`80`", example: "8080")
    static let update = Key(
        "update", Kind<GitWebRole.Update>.choice,
        "`auto`: another commit under the ref is a planned change; `pinned`: only another `ref` or `repo` here is.",
        unset: "`auto`", example: "pinned")
    static let build = Key(
        "build", Kind<[String]>.list(of: .commandLine, "commands"),
        "Shell commands run in a new commit's folder in the guest, as a user without rights; variables are not put in.",
        unset: "none", example: "[./build.sh]")
    static let buildTimeout = Key(
        "buildTimeout", Kind<Duration>.duration, "How long the build may take.", unset: "`10m`", example: "2m")
    static let tls = Key(
        "tls", Kind<GitWebRole.TLS>.tls, "The certificate and key to serve it over https with.", unset: "http",
        example: "{certificate: {file: site.crt}, key: {file: site.key}}")
    static let health = Key(
        "health", Kind<GitWebRole.Health>.health, "What must answer for a new commit to stay.",
        unset: "`/` with status 200 within a minute", example: "{path: /, status: 200, timeout: 60s}")
    static let keep = Key(
        "keep", Kind<Int>.integer(1...100, "a count"), "How many commits stay in the guest, for going back.",
        unset: "`3`", example: "5")
    static let deployKey = Key(
        "deployKey", Kind<Secret>.secret,
        "The private key that reads the repository over ssh; only its own host and port get it.",
        unset: "the node's own", example: "{file: keys/deploy}")
    static let knownHosts = Key(
        "knownHosts", Kind<Secret>.secret, "The known_hosts lines of the repository's host.",
        unset: "the node's own", example: "{file: keys/known_hosts}")
    static let certificateAuthority = Key(
        "certificateAuthority", Kind<Secret>.secret,
        "The certificates, in PEM, of who signs for the repository's https; it then answers for its host alone.",
        unset: "whom the node trusts", example: "{file: keys/authority.pem}")
    static let login = Key(
        "login", Kind<GitWebRole.Login>.login,
        "Who reads the repository over https; only its own host and port are told.", unset: "nobody in particular",
        example: "{user: deploy, password: {env: SITE_TOKEN}}")
    static let table = Table(
        "a git-web role",
        [
            repo, ref, path, port, update, build, buildTimeout, tls, health, keep, deployKey, knownHosts,
            certificateAuthority, login,
        ])
}

/// The keys of who reads a repository.
enum SiteLoginKeys {
    static let user = Key(
        "user", Kind<String>.loginName, "The user's name; servers that take tokens ignore it or say which.",
        unset: "`git`", example: "deploy")
    static let password = Key(
        "password", Kind<Secret>.secret, "The password or token.", example: "{env: SITE_TOKEN}")
    static let table = Table("a repository's login", [user, password], required: [password])
}

/// The keys of a website's certificate.
enum SiteTLSKeys {
    static let certificate = Key(
        "certificate", Kind<Secret>.secret, "The certificate with its chain, in PEM.", example: "{file: site.crt}")
    static let key = Key("key", Kind<Secret>.secret, "Its private key, in PEM.", example: "{file: site.key}")
    static let table = Table("a website's certificate", [certificate, key], required: [certificate, key])
}

/// The keys of a website's health.
enum SiteHealthKeys {
    static let path = Key("path", Kind<String>.urlPath, "The path that is asked for.", unset: "`/`", example: "/health")
    static let status = Key(
        "status", Kind<Int>.integer(100...599, "a status"), "The status it is answered with.", unset: "`200`",
        example: "200")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration, "How long a new commit has for it.", unset: "`60s`", example: "30s")
    static let table = Table("a website's health", [path, status, timeout])
}

extension Kind where Value == Role {
    /// A role: a map with one key, its kind.
    static var role: Kind {
        .object(
            RoleKeys.table,
            { role in
                switch role {
                case .gitWeb(let site): [RoleKeys.gitWeb.written(site)]
                }
            }
        ) { reader in
            // Something else in it was an unknown key, which says enough.
            let role =
                reader.mapping.entries.isEmpty ? reader.required(RoleKeys.gitWeb) : reader.optional(RoleKeys.gitWeb)
            return role.map { .gitWeb($0) }
        }
    }
}

extension Kind where Value == GitWebRole {
    /// A git-web role, which must name its repository.
    static var gitWeb: Kind {
        .object(
            GitWebKeys.table,
            { site in
                [
                    GitWebKeys.repo.written(site.repo), GitWebKeys.ref.written(site.ref),
                    GitWebKeys.path.written(site.path), GitWebKeys.port.written(site.port),
                    GitWebKeys.update.written(site.update), GitWebKeys.build.writtenUnlessEmpty(site.build),
                    GitWebKeys.buildTimeout.written(site.buildTimeout), GitWebKeys.tls.written(site.tls),
                    GitWebKeys.health.written(site.health), GitWebKeys.keep.written(site.keep),
                    GitWebKeys.deployKey.written(site.deployKey), GitWebKeys.knownHosts.written(site.knownHosts),
                    GitWebKeys.certificateAuthority.written(site.certificateAuthority),
                    GitWebKeys.login.written(site.login),
                ]
            }
        ) { reader in
            let repo = reader.required(GitWebKeys.repo)
            var role = GitWebRole(repo: repo ?? "")
            if let ref = reader.optional(GitWebKeys.ref) { role.ref = ref }
            if let path = reader.optional(GitWebKeys.path) { role.path = path }
            if let port = reader.optional(GitWebKeys.port) { role.port = port }
            if let update = reader.optional(GitWebKeys.update) { role.update = update }
            if let build = reader.optional(GitWebKeys.build) { role.build = build }
            if let timeout = reader.optional(GitWebKeys.buildTimeout) { role.buildTimeout = timeout }
            role.tls = reader.optional(GitWebKeys.tls)
            if let health = reader.optional(GitWebKeys.health) { role.health = health }
            if let keep = reader.optional(GitWebKeys.keep) { role.keep = keep }
            role.deployKey = reader.optional(GitWebKeys.deployKey)
            role.knownHosts = reader.optional(GitWebKeys.knownHosts)
            role.certificateAuthority = reader.optional(GitWebKeys.certificateAuthority)
            role.login = reader.optional(GitWebKeys.login)
            return repo == nil ? nil : role
        }
    }
}

extension Kind where Value == GitWebRole.TLS {
    /// A certificate and its key.
    static var tls: Kind {
        .object(
            SiteTLSKeys.table,
            { [SiteTLSKeys.certificate.written($0.certificate), SiteTLSKeys.key.written($0.key)] }
        ) { reader in
            guard let certificate = reader.required(SiteTLSKeys.certificate), let key = reader.required(SiteTLSKeys.key)
            else { return nil }
            return GitWebRole.TLS(certificate: certificate, key: key)
        }
    }
}

extension Kind where Value == GitWebRole.Login {
    /// A user and its password.
    static var login: Kind {
        .object(
            SiteLoginKeys.table,
            { [SiteLoginKeys.user.written($0.user), SiteLoginKeys.password.written($0.password)] }
        ) { reader in
            let user = reader.optional(SiteLoginKeys.user)
            guard let password = reader.required(SiteLoginKeys.password) else { return nil }
            return GitWebRole.Login(user: user ?? "git", password: password)
        }
    }
}

extension Kind where Value == GitWebRole.Health {
    /// What is asked for, and the answer that is wanted.
    static var health: Kind {
        .object(
            SiteHealthKeys.table,
            { health in
                [
                    SiteHealthKeys.path.written(health.path), SiteHealthKeys.status.written(health.status),
                    SiteHealthKeys.timeout.written(health.timeout),
                ]
            }
        ) { reader in
            var health = GitWebRole.Health()
            if let path = reader.optional(SiteHealthKeys.path) { health.path = path }
            if let status = reader.optional(SiteHealthKeys.status) { health.status = status }
            if let timeout = reader.optional(SiteHealthKeys.timeout) { health.timeout = timeout }
            return health
        }
    }
}

extension Kind where Value == String {
    /// The address of a git repository; nothing that git or a shell would take for more than that.
    static var repository: Kind {
        let expected = "an address such as https://example.org/site.git, ssh://… , git://… or user@host:path"
        return .parsed(expected, pattern: "^((https|ssh|git)://|[A-Za-z0-9._-]+@)[A-Za-z0-9._~:/@+%-]+$") {
            text throws(Complaint) in
            guard text.utf8.count <= 1_000 else { throw Complaint() }
            try text.mayHold { $0.isAlphanumeric || "._~:/@+%-".unicodeScalars.contains($0) }
            guard let mark = text.firstRange(of: "://") else {
                // The short form of ssh; a second colon would name one of git's helpers, which run programs.
                let parts = text.split(separator: "@", omittingEmptySubsequences: false)
                guard parts.count == 2, isHost(parts[0]), let colon = parts[1].firstIndex(of: ":"),
                    isHost(parts[1][..<colon]), parts[1].index(after: colon) < parts[1].endIndex,
                    !parts[1][parts[1].index(after: colon)...].contains(":")
                else { throw Complaint() }
                return text
            }
            let scheme = String(text[..<mark.lowerBound])
            guard ["https", "ssh", "git"].contains(scheme) else {
                throw Complaint(remedy: "git's other ways, which run programs or send in the clear, are not used")
            }
            let rest = text[mark.upperBound...]
            let authority = rest.prefix { $0 != "/" }
            let host = authority.split(separator: "@", omittingEmptySubsequences: false)
            guard rest.contains("/"), host.count <= 2, let last = host.last, isHost(last.prefix { $0 != ":" }),
                last.split(separator: ":").count <= 2
            else { throw Complaint() }
            if host.count == 2, host[0].contains(":") || scheme == "https" {
                throw Complaint(
                    message: "a password never stands in the spec", remedy: "give it by login: {password: {env: NAME}}")
            }
            guard host.count == 1 || isHost(host[0]) else { throw Complaint() }
            return text
        }
    }

    /// Whether a text is a host or user and no option of the programs that it is handed to.
    private static func isHost(_ text: Substring) -> Bool {
        guard let first = text.unicodeScalars.first, first.isAlphanumeric else { return false }
        return text.unicodeScalars.allSatisfy { $0.isAlphanumeric || "._-".unicodeScalars.contains($0) }
    }

    /// The name of somebody who logs in to a server, in one line.
    static var loginName: Kind {
        .parsed("a user's name", pattern: "^[A-Za-z0-9._@+%~-]+$") { text throws(Complaint) in
            guard !text.isEmpty, text.utf8.count <= 200 else { throw Complaint() }
            try text.mayHold { $0.isAlphanumeric || "._@+%~-".unicodeScalars.contains($0) }
            return text
        }
    }

    /// The name of a branch or tag, or a commit.
    static var gitRef: Kind {
        .parsed("a branch, tag or commit") { text throws(Complaint) in
            guard let first = text.unicodeScalars.first, text.utf8.count <= 200 else { throw Complaint() }
            guard text != "HEAD" else {
                throw Complaint(remedy: "write the name of the branch, since what HEAD is can change in the repository")
            }
            for space in ["refs/heads/", "refs/tags/"] where text.hasPrefix(space) {
                throw Complaint(remedy: "write it without \(space)")
            }
            guard !text.hasPrefix("refs/") else {
                throw Complaint(remedy: "only branches, tags and commits are served")
            }
            guard first.isWordly else {
                throw Complaint(remedy: "it may not begin with \(Found.quoted(String(first)))")
            }
            try text.mayHold { $0.isWordly || "._/+-#@".unicodeScalars.contains($0) }
            for part in ["..", "//", "/."] where text.contains(part) {
                throw Complaint(remedy: "it may not hold \(Found.quoted(part))")
            }
            for end in ["/", ".", ".lock"] where text.hasSuffix(end) {
                throw Complaint(remedy: "it may not end with \(Found.quoted(end))")
            }
            return text
        }
    }

    /// A path inside something, never out of it; nothing that a web server's configuration gives a meaning.
    static var innerPath: Kind {
        .parsed("a path inside the repository") { text throws(Complaint) in
            guard !text.split(separator: "/").contains(".."), !text.isEmpty, text.utf8.count <= 500 else {
                throw Complaint()
            }
            for start in ["/", "-"] where text.hasPrefix(start) {
                throw Complaint(remedy: "it may not begin with \(Found.quoted(start))")
            }
            try text.mayHold { $0.isWordly || "._/+@#=~,- ".unicodeScalars.contains($0) }
            return text
        }
    }

    /// The path of an address.
    static var urlPath: Kind {
        .parsed("a path such as /health", pattern: "^/[A-Za-z0-9._~/?&=%+-]*$") { text throws(Complaint) in
            guard text.hasPrefix("/"), text.utf8.count <= 500 else { throw Complaint() }
            try text.mayHold { $0.isAlphanumeric || "._~/?&=%+-".unicodeScalars.contains($0) }
            return text
        }
    }

    /// A line for a shell, in which `$` is the shell's.
    static var commandLine: Kind {
        Kind(expected: "a command", schema: .text(pattern: nil), write: { .text($0) }) { node, path, context in
            guard let scalar = node.scalar, case .text(let text) = scalar.value, !text.isEmpty,
                text.utf8.count <= 4_000,
                !text.unicodeScalars.contains(where: { $0.value == 0 })
            else {
                context.mismatch(node, path: path, expected: "a command")
                return nil
            }
            return text
        }
    }
}

extension String {
    /// Refuses the first character that is none of the allowed ones, by its name.
    fileprivate func mayHold(_ isAllowed: (Unicode.Scalar) -> Bool) throws(Complaint) {
        guard let refused = unicodeScalars.first(where: { !isAllowed($0) }) else { return }
        let name = refused == " " ? "a space" : Found.quoted(String(refused))
        throw Complaint(remedy: "it may not hold \(name)")
    }
}

extension Unicode.Scalar {
    /// A letter, mark or digit of any script: nothing that a shell, git or a web server's configuration gives a meaning.
    fileprivate var isWordly: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber:
            true
        default: false
        }
    }
}

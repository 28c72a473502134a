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
        "repo", Kind<String>.repository, "The repository's address; must be given.",
        example: "https://example.org/site.git")
    static let ref = Key("ref", Kind<String>.gitRef, "A branch, tag or commit.", unset: "`main`", example: "v1.2")
    static let path = Key(
        "path", Kind<String>.innerPath, "The folder of it that is served.", unset: "the whole", example: "public")
    static let port = Key(
        "port", Kind<Int>.integer(1...65_535, "a port"), "The port it is served on.", unset: "`80`", example: "8080")
    static let table = Table("a git-web role", [repo, ref, path, port])
}

extension Kind where Value == Role {
    /// A role: a map with one key, its kind.
    static var role: Kind {
        .object(RoleKeys.table) { reader in
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
        .object(GitWebKeys.table) { reader in
            let repo = reader.required(GitWebKeys.repo)
            var role = GitWebRole(repo: repo ?? "")
            if let ref = reader.optional(GitWebKeys.ref) { role.ref = ref }
            if let path = reader.optional(GitWebKeys.path) { role.path = path }
            if let port = reader.optional(GitWebKeys.port) { role.port = port }
            return repo == nil ? nil : role
        }
    }
}

extension Kind where Value == String {
    /// The address of a git repository; nothing that git or a shell would take for more than that.
    static var repository: Kind {
        .word("the address of a git repository", pattern: "^[A-Za-z0-9][A-Za-z0-9._~:/@+%-]*$", limit: 1_000) {
            $0.isAlphanumeric || "._~:/@+%-".unicodeScalars.contains($0)
        }
    }

    /// The name of a branch or tag, or a commit.
    static var gitRef: Kind {
        .word("a branch, tag or commit", pattern: "^[A-Za-z0-9][A-Za-z0-9._/+-]*$", limit: 200) {
            $0.isAlphanumeric || "._/+-".unicodeScalars.contains($0)
        }
    }

    /// A path inside something, never out of it.
    static var innerPath: Kind {
        .parsed("a path inside the repository") { text throws(Complaint) in
            let isInside = !text.hasPrefix("/") && !text.hasPrefix("-") && !text.split(separator: "/").contains("..")
            guard isInside, !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 32 }) else {
                throw Complaint()
            }
            return text
        }
    }
}

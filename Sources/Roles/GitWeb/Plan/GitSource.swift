/// A ref of a repository, which is looked up once for all that serve it.
package struct GitSource: Sendable, Hashable {
    package var repo: String
    package var ref: String

    package init(repo: String, ref: String) {
        self.repo = repo
        self.ref = ref
    }

    package init(_ role: GitWebRole) {
        self.init(repo: role.repo, ref: role.ref)
    }
}

/// What a ref leads to now.
package enum GitAnswer: Sendable, Equatable {
    case commit(GitCommit)
    /// The repository answers and has no such branch, tag or commit; it may say which branch is its default.
    case missing(head: String?)
    /// Nobody could ask it, in words.
    case unreachable(String)
}

/// A commit, and how it stands to those that are served.
package struct GitCommit: Sendable, Equatable {
    /// What the ref is.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case branch, tag, commit
    }

    /// How this commit relates to the served one.
    package enum Relation: Sendable, Hashable {
        /// This many commits forward.
        case ahead(Int)
        /// This many back.
        case behind(Int)
        /// Neither comes from the other: somebody rewrote what was there.
        case apart
        /// The served one is not known there any more.
        case unknown
    }

    /// All forty digits.
    package var hash: String
    /// The first line of its message, as somebody wrote it.
    package var subject: String
    package var kind: Kind
    /// By the served commit.
    package var relations: [String: Relation]
    /// Of the folders that are to be served, those that are not in it.
    package var lacking: Set<String> = []
    /// A file of which Git LFS keeps the content elsewhere, by the folder to be served that it is in.
    package var pointers: [String: String] = [:]

    package init(hash: String, subject: String, kind: Kind, relations: [String: Relation] = [:]) {
        self.hash = hash
        self.subject = subject
        self.kind = kind
        self.relations = relations
    }
}

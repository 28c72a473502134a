/// What an instance is for, beyond being a machine.
package enum Role: Sendable, Equatable {
    case gitWeb(GitWebRole)
}

/// A git repository served as a website.
package struct GitWebRole: Sendable, Equatable {
    package var repo: String
    /// A branch, tag or commit.
    package var ref: String = "main"
    /// The folder in the repository that is served.
    package var path: String = "."
    package var port: Int = 80

    package init(repo: String) {
        self.repo = repo
    }
}

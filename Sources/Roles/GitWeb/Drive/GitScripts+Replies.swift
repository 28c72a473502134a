/// What the scripts say that is looked for in their replies.
extension GitScripts {
    /// Exit code: the repository answers and has no such ref.
    static let noRef = 3
    /// Exit code: git is not there.
    static let noGit = 4

    /// How the line begins that names a submodule which cannot be fetched.
    static let failedSubmodule = "the submodule "
    /// The line after it where the submodule is not on the repository's own host.
    static let elsewhere = "it is on another host, which receives neither the key nor the login"
}

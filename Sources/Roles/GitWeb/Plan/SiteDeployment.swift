import Reconciler

/// A commit to be served, and how.
package struct SiteDeployment: Sendable, Equatable {
    package var site: GitWebRole
    /// All forty digits.
    package var commit: String
    package var subject: String
    /// The commit that the plan saw there; nil where it saw none.
    package var previous: String?
    /// A digest of the certificate; empty where it is served without.
    package var certificate: String
    /// Whether the guest was not up when the plan was made, so that what it serves decides.
    package var isAfterBoot: Bool

    package init(
        site: GitWebRole, commit: String, subject: String, previous: String?, certificate: String, isAfterBoot: Bool
    ) {
        self.site = site
        self.commit = commit
        self.subject = subject
        self.previous = previous
        self.certificate = certificate
        self.isAfterBoot = isAfterBoot
    }
}

extension GitWebRole {
    /// A digest of the commands that build it; empty where there are none.
    package var buildDigest: String {
        build.isEmpty ? "" : String(StableHash.digest(build.joined(separator: "\n")).prefix(8))
    }
}

package import Roles
package import Spec

/// One change of a website in its guest.
package struct SiteStep: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case deploy(SiteDeployment)
        /// Goes back to a commit that is in the guest; nil for the one served before.
        case rollBack(to: String?, site: GitWebRole)
        /// Stops serving and removes what the role made.
        case remove
    }

    package var uuid: UniqueID
    /// The domain's name.
    package var name: String
    package var role: Name
    /// The address that the node reaches the guest by; nil where none is known.
    package var address: IPv4Address?
    package var action: Action

    package init(uuid: UniqueID, name: String, role: Name, address: IPv4Address?, action: Action) {
        self.uuid = uuid
        self.name = name
        self.role = role
        self.address = address
        self.action = action
    }
}

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

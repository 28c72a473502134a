package import Spec

/// A git repository served as a website.
package struct GitWebRole: Sendable, Equatable {
    /// When another commit than the one that is served is wanted.
    package enum Update: String, Sendable, Hashable, CaseIterable {
        /// Whenever the ref leads to another one.
        case auto
        /// Only when the ref or the repository is another in the spec.
        case pinned
    }

    /// What it is served with over https; both stay references until they are written into the guest.
    package struct TLS: Sendable, Hashable {
        package var certificate: Secret
        package var key: Secret

        package init(certificate: Secret, key: Secret) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What must answer, and how, for a commit to be kept.
    package struct Health: Sendable, Hashable {
        package var path = "/"
        package var status = 200
        package var timeout = Duration.seconds(60)

        package init() {}
    }

    /// Who reads the repository over https.
    package struct Login: Sendable, Hashable {
        package var user: String
        /// A password or token; like the deploy key, it gets no further than where git runs.
        package var password: Secret

        package init(user: String, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    package var repo: String
    /// A branch, tag or commit.
    package var ref: String = "main"
    /// The folder in the repository that is served.
    package var path: String = "."
    package var port: Int = 80
    package var update = Update.auto
    /// Shell commands that are run in the folder of a new commit, one after the other.
    package var build: [String] = []
    /// How long all of them may take.
    package var buildTimeout = Duration.seconds(600)
    package var tls: TLS?
    package var health = Health()
    /// How many commits stay in the guest, the served one among them.
    package var keep = 3
    /// The private key that reads the repository over ssh; it never gets further than the node.
    package var deployKey: Secret?
    /// The lines of known_hosts that say which keys the repository's host has.
    package var knownHosts: Secret?
    /// The certificates, in PEM, that the repository's https is believed by instead of the system's.
    package var certificateAuthority: Secret?
    package var login: Login?

    package init(repo: String) {
        self.repo = repo
    }

    /// The folder that is served, without dots and slashes around it; empty where it is the whole repository.
    package var folder: String { GitWebRole.folder(path) }

    /// A path without dots and slashes around it.
    package static func folder(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}

package import Reconciler

/// A website as its guest has it.
package struct ObservedSite: Sendable, Equatable {
    package var repo: String
    package var ref: String
    /// The commit that is served, in full.
    package var commit: String
    package var subject: String
    package var path: String
    package var port: Int
    /// A digest of the commands that built it; empty where none did.
    package var build: String
    /// A digest of the certificate; empty where it is served without.
    package var certificate: String
    /// Seconds since 1970; when it was switched to.
    package var since: UInt64?
    /// The commits that are in the guest, newest use first, the served one among them.
    package var kept: [String]
    /// The commit that somebody went back from by hand, which is therefore not deployed again.
    package var heldFrom: String?
    /// Whether its server runs.
    package var isServing: Bool
    /// The firewall that runs in the guest and does not let the port through; nil where none does.
    package var firewall: String?
    /// Whether somebody saw it answer; not so where a run was cut off between switching and looking.
    package var isProven: Bool
    /// What only its own server answers; nil where it was served by a kvmctl that had none.
    package var proof: ServerProof?
    /// What somebody who asked for the page got; nil where nobody asked.
    package var health: SiteHealth?

    package init(
        repo: String, ref: String, commit: String, subject: String, path: String, port: Int, build: String = "",
        certificate: String = "", since: UInt64? = nil, kept: [String] = [], heldFrom: String? = nil,
        isServing: Bool = true, firewall: String? = nil, isProven: Bool = true
    ) {
        self.repo = repo
        self.ref = ref
        self.commit = commit
        self.subject = subject
        self.path = path
        self.port = port
        self.build = build
        self.certificate = certificate
        self.since = since
        self.kept = kept
        self.heldFrom = heldFrom
        self.isServing = isServing
        self.firewall = firewall
        self.isProven = isProven
    }
}

/// Whether a website answers as its role says.
package enum SiteHealth: Sendable, Equatable {
    case good
    /// What is wrong, in words.
    case bad(String)
}

/// What a running guest says of its websites.
package typealias SiteObservation = RoleReading<ObservedSite>

extension ObservedDomain {
    /// What the guest serves; nil where nobody asked it.
    package var sites: SiteObservation? {
        get { roles[GitWeb.self] }
        set { roles[GitWeb.self] = newValue }
    }
}

extension ObservedFleet {
    /// What the refs of websites lead to, each looked up once.
    package var repositories: [GitSource: GitAnswer] {
        get { answers[GitWeb.self] }
        set { answers[GitWeb.self] = newValue }
    }
}

package import Spec

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
    package var proof: SiteProof?
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

/// What tells a website's own server, with the configuration and the release that it should have, from anything else that answers on its port.
package struct SiteProof: Sendable, Hashable {
    /// The path that is asked for.
    package var path: String
    /// All that comes back, in hexadecimal digits.
    package var answer: String

    package init(path: String, answer: String) {
        self.path = path
        self.answer = answer
    }
}

/// Whether a website answers as its role says.
package enum SiteHealth: Sendable, Equatable {
    case good
    /// What is wrong, in words.
    case bad(String)
}

/// What a running guest says of its websites.
package enum SiteObservation: Sendable, Equatable {
    /// By the role's name.
    case known([Name: ObservedSite])
    /// It could not be asked, in words.
    case unknown(String)
}

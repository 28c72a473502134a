package import Spec

/// An installer to be booted once, over a domain whose root disk is there.
package struct DomainInstallation: Sendable, Equatable {
    /// The disc with the answers to the installer's questions.
    package struct Answers: Sendable, Equatable {
        package var volume: String
        package var file: String
        package var content: [UInt8]

        package init(volume: String, file: String, content: [UInt8]) {
            self.volume = volume
            self.file = file
            self.content = content
        }
    }

    /// The domain as it is defined; what boots has the CDs as well, and no seed.
    package var domain: DomainDefinition
    /// The root disk, which is empty whenever the installer begins: what an earlier try left there would boot in its place.
    package var root: VolumeDefinition
    /// The installer's CD.
    package var disc: String
    package var answers: Answers?
    package var until: Installation.End
    package var timeout: Duration

    package init(
        domain: DomainDefinition, root: VolumeDefinition, disc: String, answers: Answers?, until: Installation.End,
        timeout: Duration
    ) {
        self.domain = domain
        self.root = root
        self.disc = disc
        self.answers = answers
        self.until = until
        self.timeout = timeout
    }

    /// The file of the disc with the answers, while the installer runs: it goes with the seed.
    package var answersPath: String { "\(domain.seedPath).answers" }
}

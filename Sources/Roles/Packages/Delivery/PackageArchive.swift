import Fleet
import Foundation
import Hashing

/// Where the packages of a guest's distribution are, and what tells that they are its own.
struct PackageArchive: Sendable, Equatable {
    /// In apt's one-line form.
    let sources: [String]
    /// The name of the folder that apt works in for it.
    let folder: String

    /// A distribution whose archive is known.
    struct Distribution: Sendable {
        /// As its guests call it.
        let name: String
        let title: String
        /// Where its folders are.
        let server: @Sendable (_ architecture: String) -> String
        let components: String
        /// The folder and the suite of each part, with `*` for the release's name.
        let parts: @Sendable (_ architecture: String) -> [(folder: String, suite: String)]
        /// The files with its keys, of which the first that is there is taken, and the package that they are in.
        let keyrings: [String]
        let keyringPackage: String

        static let all = [debian, ubuntu]

        private static let debian = Distribution(
            name: "debian", title: "Debian", server: { _ in "http://deb.debian.org" }, components: "main",
            parts: { _ in [("debian", "*"), ("debian", "*-updates"), ("debian-security", "*-security")] },
            keyrings: ["gpg", "pgp"].map { "/usr/share/keyrings/debian-archive-keyring.\($0)" },
            keyringPackage: "debian-archive-keyring")

        /// Machines other than PCs have another server.
        private static let ubuntu = Distribution(
            name: "ubuntu", title: "Ubuntu",
            server: { ofPC.contains($0) ? "http://archive.ubuntu.com" : "http://ports.ubuntu.com" },
            components: "main universe",
            parts: {
                let folder = ofPC.contains($0) ? "ubuntu" : "ubuntu-ports"
                return [(folder, "*"), (folder, "*-updates"), (folder, "*-security")]
            }, keyrings: ["gpg", "pgp"].map { "/usr/share/keyrings/ubuntu-archive-keyring.\($0)" },
            keyringPackage: "ubuntu-keyring")

        private static let ofPC = ["amd64", "i386"]
    }

    /// - Parameters:
    ///   - mirror: the server that is asked instead of the distribution's own.
    ///   - keyring: the file with the archive's keys; nil for where the distribution's package has them.
    /// - Returns: nil where nothing is known of such a guest's archive.
    /// - Throws: where this machine has no keys of it.
    init?(of system: GuestSystem, mirror: String?, keyring: String?) throws(StepProblem) {
        guard let distribution = Distribution.all.first(where: { $0.name == system.distribution }),
            !system.release.isEmpty, let architecture = system.architectures.first
        else { return nil }
        let keys = keyring.map { [$0] } ?? distribution.keyrings
        guard let keys = keys.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw StepProblem(
                "this machine has no keys of \(distribution.title)'s archive, \(keys[0])",
                remedy: "Install \(distribution.keyringPackage) here, and apply again.")
        }
        var server = mirror ?? distribution.server(architecture)
        while server.hasSuffix("/") { server.removeLast() }
        sources = distribution.parts(architecture).map { part in
            let suite = part.suite.replacing("*", with: system.release)
            return "deb [signed-by=\(keys)] \(server)/\(part.folder) \(suite) \(distribution.components)"
        }
        let text = (sources + system.architectures).joined(separator: "\n")
        let digest = hexadecimal(HashFunction.sha256.hash(Array(text.utf8))).prefix(8)
        folder = "\(distribution.name)-\(system.release)-\(architecture)-\(digest)"
    }

    /// What is said where nothing is known of a guest's archive.
    static func unknown(_ system: GuestSystem, remedy: String) -> StepProblem {
        let titles = Distribution.all.map(\.title).joined(separator: " and ")
        let found = [system.distribution, system.release].filter { !$0.isEmpty }.joined(separator: " ")
        return StepProblem(
            "the archive of its distribution is not known: it is \(found.isEmpty ? "unnamed" : found), and packages "
                + "are delivered to \(titles)", remedy: remedy)
    }
}

/// How a guest image of the lab is made: a shell script, the packages that are added, and a name that changes with both.
///
/// Debian with cloud-init, sshd, the guest agent, nginx, git and two firewalls that sleep, from packages alone;
/// trimmed to be at its login prompt soon although everything in it is emulated.
package struct GuestImageRecipe: Sendable, Equatable {
    /// The release of Debian.
    let release: Release
    /// What tells it from the plain one in a lab's folder, such as `load-balancer-nfs-server`; empty for the plain one.
    package let name: String
    /// The Debian packages beside those of the plain one, sorted; none of their services starts by itself.
    package let packages: [String]

    /// A release of Debian that guests can have.
    package enum Release: Int, Sendable, CaseIterable {
        case bookworm = 12
        case trixie = 13

        /// Its name in archives.
        var codename: String {
            switch self {
            case .bookworm: "bookworm"
            case .trixie: "trixie"
            }
        }
    }

    /// The image without anything added.
    package static let plain = GuestImageRecipe(with: [:])

    /// - Parameter sets: the packages to add, by names that people know them by.
    package init(_ release: Release = .bookworm, with sets: [String: [String]]) {
        self.release = release
        name = sets.keys.sorted().joined(separator: "-")
        packages = Set(sets.values.joined()).sorted()
    }

    /// The file name of the image in the cache.
    var cachedName: String {
        let recipe = ([LabScripts.buildGuestImage, release.codename] + packages).joined(separator: "\n")
        return "debian-\(release.rawValue)-\(hexadecimal(stableHash(recipe), digits: 16)).qcow2"
    }

    /// The file name of the image in a lab's folder.
    var linkedName: String { "debian-\(release.rawValue)\(name.isEmpty ? "" : "-")\(name).qcow2" }
}

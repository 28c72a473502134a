/// A disk image that root disks are made from.
package struct Image: Sendable, Equatable {
    package enum Source: Sendable, Hashable {
        /// A file on this machine, absolute or relative to the current folder.
        case file(String)
        /// An http or https address.
        case url(String)
    }

    package var name: Name
    package var source: Source
    package var checksum: Checksum?
    /// A file of checksums that tells what the image must hash to, where the spec does not say it itself.
    package var checksums: Source?
    /// The processors that its system is for.
    package var architecture = Architecture.x86_64
    /// What is done to it before root disks stand on it; nil where they stand on it as it is.
    package var customization: Customization?
    /// Whether it stays on nodes when no instance there needs it any more.
    package var isKept = false
    package var position: Position
    /// Where each field was written, by its path such as `checksum`; what was not written has no place.
    package var positions: [String: Position] = [:]

    package init(name: Name, source: Source, checksum: Checksum? = nil, position: Position) {
        self.name = name
        self.source = source
        self.checksum = checksum
        self.position = position
    }
}

extension Image {
    /// The name under which a file of checksums has it.
    package var publishedName: String {
        let path =
            switch source {
            case .file(let path): path
            case .url(let address): WebAddress.path(address)
            }
        return path.split(separator: "/").last.map(String.init) ?? path
    }
}

extension Image.Source: CustomStringConvertible {
    /// For people to read: without secrets.
    package var description: String {
        switch self {
        case .file(let path): path
        case .url(let address): WebAddress.shown(address)
        }
    }
}

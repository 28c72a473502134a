/// What a guest has of one role's files.
package struct ObservedFiles: Sendable, Equatable {
    /// By the paths, those that were put there and those that are wanted.
    package var files: [String: ObservedFile] = [:]
    /// The paths of what a killed run left behind.
    package var leftovers: [String] = []

    package init(files: [String: ObservedFile] = [:]) {
        self.files = files
    }

    /// The paths of those that were put there.
    var placed: [String] { files.filter { $0.value.placed != nil }.keys.sorted() }
}

/// What there is at a path in a guest.
package struct ObservedFile: Sendable, Equatable {
    /// What tells contents apart.
    package enum Content: Sendable, Equatable {
        /// SHA-256, as lower-case hexadecimal.
        case sha256(String)
        /// It is compared in the guest alone, by salted hashes.
        case secret
    }

    /// What is there now.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case nothing, file, link, other
    }

    /// What was put there; nil where kvmctl put nothing there.
    package var placed: Content?
    /// The mode and the owner that it was given then, as the spec had them.
    package var placedMode = ""
    package var placedOwner = ""
    /// The user and group that it got by that.
    package var placedAs = ""
    package var kind: Kind
    /// As `stat` says it: without zeros in front.
    package var mode = ""
    /// User and group.
    package var owner = ""
    /// Of a file that is not compared as a secret.
    package var sha256: String?
    /// Whether it still has the secret that was put there.
    package var isIntact = false
    /// Whether it has the secret that is wanted; nil where nobody could tell.
    package var matches: Bool?

    /// Whether it belongs to whom the spec says; which group a user has, only the guest knows.
    func isOwned(as wanted: String) -> Bool {
        if wanted.contains(":") { return owner == wanted }
        guard placed != nil else { return owner.prefix { $0 != ":" } == wanted }
        return placedOwner == wanted && placedAs == owner
    }

    /// Nothing is there, and kvmctl put nothing there: as where nobody looked for the path.
    static let absent = ObservedFile(kind: .nothing)

    /// The same without what depends on who looks.
    var uncompared: ObservedFile {
        var file = self
        file.matches = nil
        return file
    }

    package init(placed: Content? = nil, kind: Kind) {
        self.placed = placed
        self.kind = kind
    }
}

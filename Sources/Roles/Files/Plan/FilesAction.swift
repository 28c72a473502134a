package import Reconciler
package import Spec

/// One change of a role's files in a guest.
package enum FilesAction: RoleAction {
    case place(FilesPlacement)
    /// Takes away every file that the role put there.
    case remove

    package var secrets: [Secret] {
        switch self {
        case .place(let placement): placement.writes.compactMap { placement.wanted[$0]?.secret }
        case .remove: []
        }
    }

    /// A file takes another's place in one step.
    package var isInterrupting: Bool { false }

    package var isClearing: Bool { self == .remove }

    package func words(role: Name, on name: String) -> OperationWords {
        switch self {
        case .place(let placement) where placement.isEmpty:
            OperationWords(
                "placeFiles", "look after the files of \(role) on \(name)",
                purpose: "looking after the files of \(role) on \(name)", isLong: true)
        case .place(let placement):
            OperationWords(
                "placeFiles", "write \(placement.words) of \(role) in \(name)",
                purpose: "writing the files of \(role) in \(name)", isLong: true)
        case .remove:
            OperationWords(
                "removeFiles", "remove the files of \(role) from \(name)",
                purpose: "removing the files of \(role) from \(name)", isLong: true)
        }
    }
}

/// The files that a role is to have, and which of them differ.
package struct FilesPlacement: Sendable, Equatable {
    package var wanted: [String: PlacedFile]
    /// What the local files held when the plan was made, by their paths in the spec.
    package var contents: [String: [UInt8]]
    /// The paths that are written, sorted: those that differ, or all where nobody could look.
    package var writes: [String]
    /// The paths that left the role, sorted.
    package var removes: [String]
    /// What the plan saw; nil where the guest was not up, so that what is there then decides.
    package var seen: ObservedFiles?
    /// The paths that other roles of the instance want, which take over what is there.
    package var elsewhere: Set<String> = []

    /// Whether no file is known to differ.
    var isEmpty: Bool { writes.isEmpty && removes.isEmpty }

    /// How many files it is about, in words.
    var words: String {
        let count = writes.count + removes.count
        return count == 1 ? "1 file" : "\(count) files"
    }

    /// The bytes of a file that is no secret.
    func bytes(of file: PlacedFile) -> [UInt8]? {
        file.content.map { Array($0.utf8) } ?? file.source.flatMap { contents[$0] }
    }
}

package import Reconciler
import Spec

extension Files {
    /// Files are there or not; nobody is served by them, so they are never ill.
    package static func state(of files: ObservedFiles, wanted: [String: PlacedFile]?) -> RoleState {
        guard let wanted else { return RoleState(.leftOver, word: key.text, health: Health(.healthy)) }
        let placed = Set(files.placed)
        guard !placed.isEmpty || wanted.isEmpty else {
            return RoleState(
                .missing, word: key.text, health: Health(.missing, "none of its files is placed yet; apply does that"))
        }
        let isEdited = placed.contains { files.files[$0]?.isAsPlaced == false }
        let stage: RoleState.Stage =
            isEdited || !files.leftovers.isEmpty ? .drifted : placed == Set(wanted.keys) ? .applied : .outdated
        return RoleState(stage, word: key.text, health: Health(.healthy))
    }

    /// A guest that was asked for files it never got has nothing of them.
    package static func isThere(_ files: ObservedFiles) -> Bool { !files.placed.isEmpty || !files.leftovers.isEmpty }
}

extension ObservedFile {
    /// Whether what was put there is still there.
    fileprivate var isAsPlaced: Bool {
        guard kind == .file else { return false }
        switch placed {
        case .sha256(let digest)?: return sha256 == digest
        case .secret?: return isIntact
        case nil: return true
        }
    }
}

package import Spec

/// What is done with the snapshots of a domain.
package enum SnapshotOperation: Sendable, Equatable {
    /// Keeps the disks as they are now, and the memory of a running guest with `withMemory`.
    case create(uuid: UniqueID, name: String, snapshot: String, withMemory: Bool)
    /// Brings a domain back to a snapshot; its power is as it was then.
    case revert(uuid: UniqueID, name: String, snapshot: String)
    case delete(uuid: UniqueID, name: String, snapshot: String)
}

extension SnapshotOperation: StepOperation {
    package var words: OperationWords {
        switch self {
        case .create(_, let name, let snapshot, let withMemory):
            OperationWords(
                "createSnapshot", "take snapshot \(snapshot) of \(name), \(withMemory ? "disks and memory" : "disks")",
                purpose: "taking snapshot \(snapshot) of \(name)", isLong: true)
        case .revert(_, let name, let snapshot):
            OperationWords(
                "revertSnapshot", "revert \(name) to snapshot \(snapshot)",
                purpose: "reverting \(name) to snapshot \(snapshot)", isLong: true)
        case .delete(_, let name, let snapshot):
            OperationWords(
                "deleteSnapshot", "delete snapshot \(snapshot) of \(name)",
                purpose: "deleting snapshot \(snapshot) of \(name)")
        }
    }

    package var domain: UniqueID? {
        switch self {
        case .create(let uuid, _, _, _), .revert(let uuid, _, _), .delete(let uuid, _, _): uuid
        }
    }

    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool { false }
}

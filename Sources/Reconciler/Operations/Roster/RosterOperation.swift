package import Spec

/// What is done to a node's roster.
package enum RosterOperation: Sendable, Equatable {
    case write(Roster)
    case delete
}

extension RosterOperation: StepOperation {
    package var words: OperationWords {
        switch self {
        case .write: OperationWords("writeRoster", "write roster", purpose: "writing the roster")
        case .delete: OperationWords("deleteRoster", "delete roster", purpose: "deleting the roster")
        }
    }

    package var domain: UniqueID? { nil }
    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool { false }
}

package import Spec

/// One stage of an instance's migration to another node.
package struct MoveStep: Sendable, Equatable {
    package var stage: InstanceMove.Stage
    package var move: InstanceMove

    package init(_ stage: InstanceMove.Stage, of move: InstanceMove) {
        self.stage = stage
        self.move = move
    }
}

extension MoveStep: StepOperation {
    package var words: OperationWords {
        switch stage {
        case .begin:
            of(
                "mark \(move.name) as migrating to \(move.to)",
                "marking the domain \(move.name) as migrating to \(move.to)")
        case .prepare:
            of(
                "prepare for \(move.name) from \(move.from)",
                "preparing the migration of the domain \(move.name) from \(move.from)")
        case .migrate:
            of("migrate \(move.name) to \(move.to)", "migrating the domain \(move.name) to \(move.to)", isLong: true)
        case .resume:
            of(
                "resume the post-copy of \(move.name) on \(move.to)",
                "resuming the post-copy of the domain \(move.name) on \(move.to)", isLong: true)
        case .relocate:
            of(
                "copy stopped \(move.name) from \(move.from)",
                "copying the stopped domain \(move.name) from \(move.from)", isLong: true)
        case .leave:
            of(
                "delete the files that \(move.name) left behind",
                "deleting the files that the domain \(move.name) left behind")
        case .finish: of("mark \(move.name) as migrated", "marking the domain \(move.name) as migrated")
        case .discard:
            of(
                "delete the files of an aborted migration of \(move.name)",
                "deleting the files of an aborted migration of the domain \(move.name)")
        case .forget:
            of("clear the migration mark of \(move.name)", "clearing the migration mark of the domain \(move.name)")
        }
    }

    package var domain: UniqueID? { move.uuid }
    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool {
        (stage == .discard || stage == .leave) && move.paths(of: stage).contains(path)
    }

    private func of(_ item: String, _ purpose: String, isLong: Bool = false) -> OperationWords {
        OperationWords("move.\(stage.rawValue)", item, purpose: purpose, isLong: isLong)
    }
}

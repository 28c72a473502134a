package import Spec

/// One stage of an instance's way to another node.
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
            of("mark \(move.name) as moving to \(move.to)", "marking the domain \(move.name) as moving to \(move.to)")
        case .prepare:
            of("prepare for \(move.name) from \(move.from)", "preparing for the domain \(move.name) from \(move.from)")
        case .migrate:
            of("migrate \(move.name) to \(move.to)", "migrating the domain \(move.name) to \(move.to)", isLong: true)
        case .resume:
            of(
                "have \(move.name) on \(move.to) fetch the rest of its memory",
                "having the domain \(move.name) on \(move.to) fetch the rest of its memory", isLong: true)
        case .relocate:
            of(
                "bring stopped \(move.name) from \(move.from)",
                "bringing the stopped domain \(move.name) from \(move.from)", isLong: true)
        case .leave: of("remove what \(move.name) left behind", "removing what the domain \(move.name) left behind")
        case .finish: of("mark \(move.name) as arrived", "marking the domain \(move.name) as arrived")
        case .discard:
            of(
                "remove what a given-up move of \(move.name) made",
                "removing what a given-up move of the domain \(move.name) made")
        case .forget: of("mark \(move.name) as staying", "marking the domain \(move.name) as staying")
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

import Spec

extension Operation {
    /// The files that are gone when the operation has succeeded.
    var removedFiles: [String] {
        switch self {
        case .storage(.deleteVolume(let path, _)): [path]
        case .storage(.deleteImage(let path, let markers)): [path] + markers + path.unfinishedFiles
        case .storage(.releaseImage(_, let markers)): markers
        case .storage(.discardTransfer(let path)): path.unfinishedFiles
        case .move(let step) where step.stage == .discard || step.stage == .leave: step.move.paths(of: step.stage)
        case .update(let update):
            switch update.action {
            case .moveDisk(.leave, let move): [move.paths.from]
            case .moveDisk(.abandon, let move): [move.paths.to]
            default: endedFiles
            }
        default: []
        }
    }

    /// The files that the operation makes or names in a definition.
    var madePaths: [String] {
        switch self {
        case .storage(.fetchImage(let fetch)): [fetch.path]
        case .domain(.define(let definition)): definition.disks.map(\.path) + [definition.seedPath]
        case .move(let step) where step.stage == .prepare || step.stage == .relocate: step.move.paths(of: step.stage)
        case .update(let update):
            if case .moveDisk(let stage, let move) = update.action, stage == .begin || stage == .copy {
                [move.paths.to]
            } else {
                addedDisks.map(\.path)
            }
        default: madeFile.map { [$0] } ?? []
        }
    }
}

package import Spec

extension DomainUpdate: StepOperation {
    package var domain: UniqueID? { uuid }
    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool {
        switch action {
        case .moveDisk(.leave, let move): move.paths.from == path
        case .moveDisk(.abandon, let move): move.paths.to == path
        default: endedFiles.contains(path)
        }
    }

    /// The files of a trial that it removes.
    var endedFiles: [String] {
        switch action {
        case .verify(_, let files), .clearTrial(let files): files
        default: []
        }
    }
}

package import Spec

extension DomainUpdate: StepOperation {
    package var domain: UniqueID? { uuid }
    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool {
        switch action {
        case .moveDisk(.leave, let move): move.way.from == path
        case .moveDisk(.abandon, let move): move.way.to == path
        default: endedFiles.contains(path)
        }
    }

    /// The files of an attempt that it removes.
    var endedFiles: [String] {
        switch action {
        case .prove(_, let files), .settle(let files): files
        default: []
        }
    }
}

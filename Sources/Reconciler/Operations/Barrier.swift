import Spec

/// Waiting and nothing else.
struct Barrier: StepOperation {
    var words: OperationWords { OperationWords("barrier", "wait for other nodes", purpose: "waiting for other nodes") }
    var domain: UniqueID? { nil }
    var network: UniqueID? { nil }
    var secrets: [Secret] { [] }
    var madeFile: String? { nil }

    func deletes(_ path: String) -> Bool { false }
}

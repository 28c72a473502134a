import Reconciler

/// How a step ended, without the words.
package enum Ending: String, Sendable, Hashable {
    case done, unchanged, skipped, failed

    init(_ result: StepResult) {
        switch result {
        case .done: self = .done
        case .unchanged: self = .unchanged
        case .skipped: self = .skipped
        }
    }
}

import Reconciler

extension Action {
    /// The colour of its symbol.
    var ink: Ink {
        switch self {
        case .create, .start: .addition
        case .update, .migrate, .stop: .change
        case .replace, .delete: .removal
        }
    }
}

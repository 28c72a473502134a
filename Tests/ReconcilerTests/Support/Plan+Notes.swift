import Reconciler

extension Plan {
    /// The notices as people read them.
    var notes: [String] { notices.map(\.text) }
}

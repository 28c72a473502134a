/// The whole vocabulary of what a plan does to a thing.
package enum Action: String, Sendable, Hashable, CaseIterable {
    case create, update, migrate, replace, start, stop, delete

    /// The sign that carries the meaning without colour.
    package var symbol: String {
        switch self {
        case .create: "+"
        case .update: "~"
        case .migrate: "→"
        case .replace: "±"
        case .start: "▲"
        case .stop: "▼"
        case .delete: "-"
        }
    }

    /// Whether something is gone afterwards.
    package var isDestructive: Bool { self == .delete || self == .replace }
}

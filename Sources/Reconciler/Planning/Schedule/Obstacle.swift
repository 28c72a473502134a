import Spec

/// Why something cannot be on a node, and what a person can do about that very cause.
struct Obstacle: Hashable {
    let reason: String
    let remedy: String
    /// The reason without what is asked for, which is the same for whoever asks.
    let cause: String

    init(_ reason: String, remedy: String, cause: String? = nil) {
        self.reason = reason
        self.remedy = remedy
        self.cause = cause ?? reason
    }

    /// A node with what is in the way there: a sentence about the node, or its name before a sentence about something else.
    static func words(_ node: Name, _ reason: String) -> String {
        let isOfNode = ["it already runs ", "it has no label ", "it does not answer"].contains(where: reason.hasPrefix)
        return isOfNode ? "\(node)\(reason.dropFirst(2))" : "\(node): \(reason)"
    }
}

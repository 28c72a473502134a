/// Why something cannot be on a node, and what a person can do about that very cause.
struct Obstacle: Hashable {
    let reason: String
    let remedy: String

    init(_ reason: String, remedy: String) {
        self.reason = reason
        self.remedy = remedy
    }
}

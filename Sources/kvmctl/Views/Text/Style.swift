/// How text may look where it goes.
struct Style: Sendable, Hashable {
    var hasColour: Bool
    /// The columns of the terminal; nil for files and pipes, whose lines are never broken.
    var width: Int?

    /// For files, pipes and tests.
    static let plain = Style(hasColour: false, width: nil)

    init(hasColour: Bool, width: Int?) {
        self.hasColour = hasColour
        self.width = width
    }

    /// The style of an output, as the user and the terminal want it.
    ///
    /// - Parameter columns: the terminal's width; nil where the output is no terminal.
    init(columns: Int?, environment: [String: String], refusesColour: Bool) {
        let isDumb = environment["TERM"] == "dumb"
        let saysNo = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        hasColour = columns != nil && !isDumb && !saysNo && !refusesColour
        width = columns.map { min(max($0, 40), 140) }
    }
}

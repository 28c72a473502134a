/// A text in which `▸` marks the place that a message must name.
struct MarkedText: Sendable {
    /// Without the mark.
    let text: String
    /// `line:column` of what was behind the mark; nil where there is none.
    let place: String?

    init(_ marked: String) {
        text = marked.replacing("▸", with: "")
        guard let mark = marked.firstIndex(of: "▸") else {
            place = nil
            return
        }
        let lines = marked[..<mark].split(separator: "\n", omittingEmptySubsequences: false)
        place = "\(lines.count):\((lines.last?.unicodeScalars.count ?? 0) + 1)"
    }
}

/// The patterns of ssh_config: `*`, `?`, and `!` in front to exclude.
enum HostPattern {
    /// Whether a list of patterns holds for a name: one matches, and no negated one does.
    static func matches(_ patterns: [String], _ name: String) -> Bool {
        var isMatched = false
        for pattern in patterns {
            if pattern.hasPrefix("!") {
                if matches(Array(pattern.dropFirst().lowercased()), Array(name.lowercased())) { return false }
            } else if matches(Array(pattern.lowercased()), Array(name.lowercased())) {
                isMatched = true
            }
        }
        return isMatched
    }

    /// Whether one pattern covers the whole text; the time is bounded by the product of the lengths.
    private static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
        var position = 0
        var place = 0
        var star: (pattern: Int, text: Int)?
        while place < text.count {
            if position < pattern.count, pattern[position] == "*" {
                star = (position, place)
                position += 1
            } else if position < pattern.count, pattern[position] == "?" || pattern[position] == text[place] {
                position += 1
                place += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                position = last.pattern + 1
                place = last.text + 1
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == "*" }
    }
}

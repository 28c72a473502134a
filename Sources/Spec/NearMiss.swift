/// Finds the name that was probably meant.
package enum NearMiss {
    /// The candidate nearest to a text that is none of them; nil where none is near.
    ///
    /// Near is one edit for each three characters, at least one and at most three, letter case aside, and never the
    /// whole text; of equally near ones the first by name, so that messages never change between runs.
    package static func of(_ text: String, in candidates: some Sequence<String>) -> String? {
        let wanted = Array(text.lowercased().unicodeScalars.prefix(80))
        let limit = min(3, max(1, wanted.count / 3))
        var best: (distance: Int, name: String)?
        for name in candidates {
            guard abs(name.unicodeScalars.count - wanted.count) <= limit + 2 else { continue }
            let letters = Array(name.lowercased().unicodeScalars.prefix(80))
            guard abs(letters.count - wanted.count) <= limit else { continue }
            let found = (distance: distance(wanted, letters), name: name)
            guard found.distance <= limit, found.distance < wanted.count else { continue }
            if best.map({ found < $0 }) ?? true { best = found }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}

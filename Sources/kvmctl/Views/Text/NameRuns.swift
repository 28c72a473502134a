/// Names in few words: `db, m-9 … m-20`.
///
/// Only names that count up without a gap are drawn together, so that nothing is said of a name that is not among them.
///
/// Of many that do not, the first few are listed, and the others counted.
struct NameRuns {
    /// How many names and runs are listed: a person reads them.
    private static let most = 8

    let text: String

    init(_ names: [String]) {
        var runs: [[Numbered]] = []
        for name in names.map(Numbered.init).sorted() {
            if let last = runs.last?.last, name.follows(last) {
                runs[runs.count - 1].append(name)
            } else {
                runs.append([name])
            }
        }
        let rest = runs.dropFirst(NameRuns.most).reduce(0) { $0 + $1.count }
        let listed = runs.prefix(NameRuns.most).map { run in
            guard run.count > 2, let first = run.first, let last = run.last else {
                return run.map(\.name).joined(separator: ", ")
            }
            return "\(first.name) … \(last.name)"
        }.joined(separator: ", ")
        text = rest == 0 ? listed : "\(listed) and \(rest) more"
    }

    /// A name and the number at its end.
    private struct Numbered: Comparable {
        let name: String
        let stem: String
        /// Nil where there is none, or one that does not count as people do: `m-007`.
        let number: Int?

        init(_ name: String) {
            let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
            let tail = String(name.suffix(digits))
            let number = Int(tail).flatMap { "\($0)" == tail ? $0 : nil }
            self.name = name
            self.number = number
            stem = number == nil ? name : String(name.dropLast(digits))
        }

        func follows(_ other: Numbered) -> Bool {
            guard let number, let previous = other.number else { return false }
            return stem == other.stem && number == previous + 1
        }

        static func < (left: Numbered, right: Numbered) -> Bool {
            (left.stem, left.number ?? -1, left.name) < (right.stem, right.number ?? -1, right.name)
        }
    }
}

extension Duration {
    /// Reads `500ms`, `30s`, `5m`, `1h30m`: numbers with units, larger units first; nil for anything else.
    package init?(specText text: String) {
        let units: [(name: String, milliseconds: Int)] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
        var rest = Substring(text)
        var remaining = units[...]
        var total = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let count = Int(digits), count <= 1_000_000,
                let index = remaining.firstIndex(where: { $0.name == name })
            else { return nil }
            total += count * remaining[index].milliseconds
            remaining = remaining[(index + 1)...]
            rest = rest.dropFirst(digits.count + name.count)
        }
        self = .milliseconds(total)
    }

    /// The text that `init(specText:)` reads as this: `90s`, or `1500ms` where there is a part of a second.
    package var specText: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms"
    }

    /// What somebody means who writes a time in other words: `5 min` is 5m.
    static func spelling(of text: String) -> String? {
        let compact = text.filter { !$0.isWhitespace }.lowercased()
        let digits = compact.prefix { $0.isASCII && $0.isNumber }
        let unit: String? =
            switch compact.dropFirst(digits.count) {
            case "sec", "secs", "second", "seconds", "s": "s"
            case "min", "mins", "minute", "minutes", "m": "m"
            case "hour", "hours", "hr", "hrs", "h": "h"
            default: nil
            }
        guard let unit, !digits.isEmpty else { return nil }
        return digits + unit
    }
}

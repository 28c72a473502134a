extension String {
    /// Whether a plain scalar is this text to every reader of YAML 1.1 or 1.2.
    package var isPlainYAML: Bool {
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        guard let first = unicodeScalars.first, first.isLetter || first == "/", !words.contains(lowercased()) else {
            return false
        }
        return unicodeScalars.allSatisfy {
            $0.isLetter || ("0"..."9").contains($0) || "-_./@+".unicodeScalars.contains($0)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}

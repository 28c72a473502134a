extension Kind where Value == String {
    /// The name of a network interface on a node.
    static func interface(_ expected: String) -> Kind {
        .word(expected, pattern: "^[A-Za-z0-9_.-]{1,15}$", limit: 15) {
            $0.isAlphanumeric || "_.-".unicodeScalars.contains($0)
        }
    }
}

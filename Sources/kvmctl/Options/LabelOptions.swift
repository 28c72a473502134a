import ArgumentParser

/// Which instances are meant, by their labels.
struct LabelOptions: ParsableArguments {
    @Option(
        name: [.customShort("l"), .customLong("label")],
        help: ArgumentHelp("Only instances with this label; may be repeated.", valueName: "key=value"))
    var labels: [String] = []

    func validate() throws {
        for text in labels where !text.dropFirst().contains("=") {
            throw ValidationError("-l: expected key=value, found \(Printable.escaped(text))")
        }
    }

    /// The labels that an instance needs to have, each with its value.
    var wanted: [String: String] {
        let pairs = labels.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts[1])
        }
        return Dictionary(pairs) { _, last in last }
    }
}

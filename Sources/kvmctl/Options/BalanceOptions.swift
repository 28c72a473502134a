import ArgumentParser

/// Whether, and from which difference on, instances move for a better balance.
struct BalanceOptions: ParsableArguments {
    @Flag(
        name: .customLong("rebalance"),
        help: "Also migrate instances from full nodes to emptier ones; --rebalance=30% sets the threshold.")
    var isAsked = false

    @Option(
        name: .customLong("rebalance-threshold"),
        help: ArgumentHelp(
            "With --rebalance: the difference between two nodes' loads from which instances migrate.",
            valueName: "percent"))
    var text: String?

    /// The difference from 0 to 1; nil where balance was not asked for.
    var threshold: Double? {
        guard isAsked || text != nil else { return nil }
        return share ?? 0.2
    }

    func validate() throws {
        guard text == nil || share != nil else {
            throw ValidationError("--rebalance: expected 1% to 100%, found \(Printable.escaped(text ?? ""))")
        }
    }

    private var share: Double? {
        guard let text, let number = Int(text.hasSuffix("%") ? String(text.dropLast()) : text),
            (1...100).contains(number)
        else { return nil }
        return Double(number) / 100
    }

    /// The arguments with `--rebalance=30%` written out, since no option of the parser has a value that may be left out.
    static func spelledOut(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap { argument in
            guard argument.hasPrefix("--rebalance=") else { return [argument] }
            return ["--rebalance", "--rebalance-threshold", String(argument.dropFirst("--rebalance=".count))]
        } + arguments[end...]
    }
}

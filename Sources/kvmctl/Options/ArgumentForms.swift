/// Forms of the command line that the parser does not know, written out for it.
enum ArgumentForms {
    /// The arguments with `--rebalance=30%` and lists of files after `-f` written out.
    static func spelledOut(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let isAlone = arguments.first.map(verbsWithoutArguments.contains) ?? false
        return repeatedOptions(BalanceOptions.spelledOut(Array(arguments[..<end])), takingAll: isAlone)
            + arguments[end...]
    }

    /// The verbs whose only words are options: whatever follows a file is another file.
    static let verbsWithoutArguments: Set = ["validate", "plan", "apply", "destroy", "render", "schema", "inventory"]

    private static let fileOptions: Set = ["-f", "--file", "--var-file"]

    /// Repeats an option before each of the files that follow it, as the shell makes them of `-f *.yaml`.
    ///
    /// - Parameter takingAll: whether all words up to the next option are files, and not only those that are called so.
    private static func repeatedOptions(_ arguments: [String], takingAll: Bool) -> [String] {
        var result: [String] = []
        var option: String?
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if fileOptions.contains(word) {
                option = word
                result.append(word)
                if let value = rest.popFirst() { result.append(value) }
            } else if word.hasPrefix("-"), word != "-" {
                option = nil
                result.append(word)
            } else if let option, takingAll || isSpecFile(word) {
                result += [option, word]
            } else {
                option = nil
                result.append(word)
            }
        }
        return result
    }

    private static func isSpecFile(_ word: String) -> Bool { word.hasSuffix(".yaml") || word.hasSuffix(".yml") }
}

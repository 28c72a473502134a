/// A package's README.md: the part that is made of role.yaml, between two marks, and what people write around it.
package enum PackageReadme {
    static let beginning = "<!-- Made of role.yaml, down to the next mark, by `kvmctl role readme`. -->"
    static let end = "<!-- Down to here. -->"

    /// Why a README.md cannot be made anew.
    package struct Problem: Error, Sendable, Equatable {
        package let reason: String
        package let remedy: String
    }

    /// The whole text, with the made part as it is now.
    ///
    /// - Parameter old: what there is; what people wrote stays. Nil where there is none.
    package static func text(of package: RolePackage, keeping old: String?) throws(Problem) -> String {
        let part = made(of: package)
        guard let old, !old.allSatisfy(\.isWhitespace) else {
            return "# \(package.name)\n\n\(line(package.summary))\n\n\(part)\n"
        }
        let starts = old.ranges(of: beginning)
        let ends = old.ranges(of: end)
        guard let start = starts.first else {
            guard ends.isEmpty else { throw broken }
            return old + (old.hasSuffix("\n") ? "" : "\n") + "\n\(part)\n"
        }
        guard let stop = ends.first, starts.count == 1, ends.count == 1, start.upperBound <= stop.lowerBound else {
            throw broken
        }
        return old[..<start.lowerBound] + part + old[stop.upperBound...]
    }

    private static var broken: Problem {
        Problem(
            reason: "the marks around the part that is made are not there once each, in order",
            remedy: "remove that part with both marks; it is then made at the end")
    }

    private static func made(of package: RolePackage) -> String {
        var lines = [beginning, "", "## Inputs", ""]
        if package.inputs.isEmpty {
            lines.append("None.")
        } else {
            lines += ["| input | type | default | meaning |", "|---|---|---|---|"] + package.inputs.map(row)
        }
        if !package.outputs.isEmpty {
            lines += ["", "## Outputs", "", "| output | meaning |", "|---|---|"]
            lines += package.outputs.map { output in
                let secret = output.isSecret ? "A secret. " : ""
                return row(["`\(output.name)`", secret + output.summary])
            }
        }
        lines += ["", "## In the guest", ""] + facts(of: package).map { wrapped("- \($0)") }
        return (lines + ["", end]).joined(separator: "\n")
    }

    private static func row(_ input: InputDeclaration) -> String {
        let unset = input.isRequired || input.isOptional ? input.unset : "`\(input.unset)`"
        let example = input.example.map { " Example: `\($0)`" } ?? ""
        return row(["`\(input.name)`", input.type.words, unset, input.summary + example])
    }

    private static func row(_ cells: [String]) -> String {
        let escaped = cells.map { line($0).replacing("|", with: "\\|") }
        return "| " + escaped.joined(separator: " | ") + " |"
    }

    private static func facts(of package: RolePackage) -> [String] {
        var facts: [String] = []
        if let packages = package.packages {
            facts += (package.families ?? []).map { family in
                let names = packages[family] ?? []
                return "On \(family.title): " + (names.isEmpty ? "nothing is installed." : "\(code(names)) installed.")
            }
        } else {
            facts.append("On any distribution: nothing is installed.")
        }
        let running = package.services.filter(\.isRunning).map(\.unit)
        let stopped = package.services.filter { !$0.isRunning }.map(\.unit)
        let hooks = PackageHook.allCases.filter { package.hooks[$0] != nil }.map(\.rawValue)
        for (title, names) in [
            ("Files", package.files.map(\.name)), ("Services", running), ("Kept down", stopped),
            ("Ports", package.ports.map(\.words)), ("Scripts", hooks),
        ] where !names.isEmpty {
            facts.append("\(title): \(code(names)).")
        }
        return facts
    }

    private static func code(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

    /// An item of a list, in lines of at most 120 characters as far as its words allow; those that follow are indented.
    private static func wrapped(_ item: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in item.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= 120 {
                line += " \(word)"
            } else {
                lines.append(line)
                line = "  \(word)"
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// A text on one line.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension GuestFamily {
    /// As people call it.
    fileprivate var title: String {
        switch self {
        case .debian: "Debian and its family"
        case .rhel: "RHEL and its family"
        case .alpine: "Alpine"
        }
    }
}

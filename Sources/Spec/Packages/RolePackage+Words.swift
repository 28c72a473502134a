extension RolePackage {
    /// What a spec must at least give to a role of it, in one line of YAML.
    package var example: String {
        let required = inputs.filter(\.isRequired).map { "\($0.name): \($0.example ?? "…")" }
        return "{" + required.joined(separator: ", ") + "}"
    }

    /// The families of distributions that it fits, in order; nil where it fits all.
    package var families: [GuestFamily]? {
        packages.map { packages in GuestFamily.allCases.filter { packages[$0] != nil } }
    }
}

extension InputDeclaration {
    /// What holds where a spec does not give it: a value in YAML, `required`, or `none`.
    package var unset: String { isRequired ? "required" : defaultValue?.oneLine ?? "none" }
}

extension InputType {
    /// What a value may be, such as `list of cidr`.
    package var words: String {
        switch self {
        case .choice(let words): return "one of " + words.joined(separator: ", ")
        case .integer(let range):
            let widest = PackageInputKeys.widest
            let from = range.lowerBound > widest.lowerBound ? " from \(range.lowerBound)" : ""
            let to = range.upperBound < widest.upperBound ? " to \(range.upperBound)" : ""
            return "integer\(from)\(to)"
        case .list(let item): return "list of \(item.words)"
        case .map(let item): return "map of \(item.words)"
        case .text, .boolean, .port, .address, .cidr, .size, .duration, .path, .url, .secret, .members:
            return word.rawValue
        }
    }
}

extension PackagePort {
    /// Such as `{{listen}}/tcp where tls`, as the package says it.
    package var words: String {
        let number =
            switch port {
            case .number(let number): "\(number)"
            case .input(let name): "{{\(name)}}"
            }
        return "\(number)/\(transport.rawValue)" + (condition.map { " where \($0.name)" } ?? "")
    }
}

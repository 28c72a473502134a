/// Finds everything in a template that its scope cannot give, before any machine is touched.
struct TemplateCheck {
    private(set) var found: [Diagnostic] = []
    private var scope: TemplateScope
    private let place: TemplatePlace
    /// What the sections go through that are open, the innermost last.
    private var open: [InputType] = []

    /// What a name stands for.
    private struct Meaning {
        let type: InputType
        /// Whether there may be no value.
        var isOptional = false
        /// Whether it may be written all the same: whether there is one is then seen when it is put in.
        var isTrusted = false
        /// For messages, such as `the input "listen"`.
        let words: String
    }

    init(_ scope: TemplateScope, in place: TemplatePlace) {
        self.scope = scope
        self.place = place
    }

    mutating func check(_ parts: [TemplatePart]) {
        for part in parts where found.count < TemplateTokens.mostErrors {
            switch part {
            case .text: continue
            case .value(let name, _): checkValue(name)
            case .section(let name, let isInverted, let inner): checkSection(name, isInverted: isInverted, inner)
            }
        }
    }

    private mutating func checkValue(_ name: TemplateName) {
        guard !name.isOwn else { return checkOwn(name) }
        guard let meaning = findMeaning(of: name) else { return }
        let isSet = !meaning.isOptional || meaning.isTrusted || scope.given.contains(name.root)
        if meaning.type.isSeveral {
            let section = "{{#\(name.text)}}…{{/\(name.text)}}"
            complain(name, "\(meaning.words) has the type \(meaning.type.word.rawValue): use a section, \(section)")
        } else if case .choice = meaning.type, name.property != nil {
            complain(
                name, "\(name.text) is no value",
                remedy: "write {{\(name.root)}}, or {{#\(name.text)}}…{{/\(name.text)}}")
        } else if let unit = name.property, !meaning.type.units.contains(unit) {
            complainOfProperty(unit, name, meaning, known: meaning.type.units)
        } else if !isSet {
            complain(
                name, "\(meaning.words) may be unset",
                remedy: "put it into {{#\(name.root)}}…{{/\(name.root)}}, or give the input a default")
        }
    }

    private mutating func checkSection(_ name: TemplateName, isInverted: Bool, _ inner: [TemplatePart]) {
        guard !name.isOwn else {
            return complain(name, "\(name.text) is always set", remedy: "write {{\(name.text)}} without a section")
        }
        // What is in a section of nobody knows what would only be complained about for that.
        guard let meaning = findMeaning(of: name) else { return }
        checkCondition(name, meaning)
        let outer = (scope, open)
        if !isInverted {
            if meaning.type.isSeveral { open.append(meaning.type) }
            if meaning.isOptional { scope = scope.assuming(name) }
        }
        check(inner)
        (scope, open) = outer
    }

    /// Whether a section's name can be true and false.
    private mutating func checkCondition(_ name: TemplateName, _ meaning: Meaning) {
        if case .choice(let words) = meaning.type, let word = name.property {
            if !words.contains(word) { complainOfProperty(word, name, meaning, known: words) }
        } else if let property = name.property {
            complainOfProperty(property, name, meaning, known: [])
        } else if !meaning.isOptional, !meaning.type.isSeveral, meaning.type != .boolean {
            if case .choice(let words) = meaning.type, let word = words.first {
                complain(
                    name, "\(meaning.words) is always set", remedy: "write for example {{#\(name.root).\(word)}}")
            } else {
                complain(name, "\(meaning.words) is always set", remedy: "write {{\(name.root)}} without a section")
            }
        }
    }

    private mutating func checkOwn(_ name: TemplateName) {
        let known = TemplateOwnValue.allCases.map(\.name)
        guard !known.contains(name.text) else { return }
        let near = NearMiss.of(name.property ?? "", in: TemplateOwnValue.allCases.map(\.rawValue))
        complain(
            name, "kvmctl has no \(Found.quoted(name.property ?? ""))",
            remedy: near.map { "did you mean \"\($0)\"?" } ?? "there are \(known.joined(separator: ", "))")
    }

    /// What a name means: the fields of the innermost item go before those around it, and these before the inputs.
    private mutating func findMeaning(of name: TemplateName) -> Meaning? {
        if name.isItem {
            if case .list(let item)? = open.last { return Meaning(type: item, words: "the item") }
            complain(name, "{{.}} is the item of a list, and no section of a list is open here")
            return nil
        }
        for item in open.reversed() {
            guard let type = TemplateCheck.fields(of: item)[name.root] else { continue }
            let isPort = item == .members && name.text == "port"
            return Meaning(
                type: type, isOptional: isPort, isTrusted: isPort, words: "the item's \(Found.quoted(name.root))")
        }
        if let input = scope.inputs[name.root] {
            return Meaning(
                type: input.type, isOptional: input.isOptional, words: "the input \(Found.quoted(name.root))")
        }
        let names = Set(scope.inputs.keys).union(open.flatMap { TemplateCheck.fields(of: $0).keys })
        let start = open.last == .members ? "a member has no" : "there is no input"
        complain(
            name, "\(start) \(Found.quoted(name.root))",
            remedy: Suggestions(names, noun: "inputs", owner: "the package has").remedy(for: name.root))
        return nil
    }

    private static func fields(of item: InputType) -> [String: InputType] {
        switch item {
        case .members: TemplateItem.ofMember
        case .map(let value): TemplateItem.ofEntry(value)
        default: TemplateItem.ofAny
        }
    }
}

extension TemplateCheck {
    private mutating func complainOfProperty(
        _ property: String, _ name: TemplateName, _ meaning: Meaning, known: [String]
    ) {
        let near = NearMiss.of(property, in: known)
        let others = known.isEmpty ? nil : "there are \(known.joined(separator: ", "))"
        complain(
            name,
            "\(meaning.words) has the type \(meaning.type.word.rawValue), and no \(Found.quoted(property))",
            remedy: near.map { "did you mean \"\($0)\"?" } ?? others)
    }

    private mutating func complain(_ name: TemplateName, _ message: String, remedy: String? = nil) {
        found.append(place.problem(at: name.position, message, remedy: remedy))
    }
}

extension Template {
    /// Everything in it that a scope cannot give.
    package func check(_ scope: TemplateScope) -> [Diagnostic] {
        var check = TemplateCheck(scope, in: place)
        check.check(parts)
        return check.found
    }

    /// The inputs that hold secrets and that it puts in.
    package func secrets(_ scope: TemplateScope) -> [String] {
        var secrets: [String] = []
        for name in names where scope.inputs[name.root]?.type.isSecret == true && !secrets.contains(name.root) {
            secrets.append(name.root)
        }
        return secrets
    }
}

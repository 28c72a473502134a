/// Fills in a template.
struct TemplateRenderer {
    private(set) var output: [UInt8] = []
    private let values: TemplateValues
    private let place: TemplatePlace
    /// The fields of the items that the open sections are at, the innermost last.
    private var open: [[String: InputValue?]] = []
    /// How many items sections have gone through.
    private var itemCount = 0

    /// Of what is made, in bytes.
    private static let largest = 1 << 20
    /// Of the items that all sections together go through: eight long lists in each other would never end.
    private static let mostItems = 100_000

    init(_ values: TemplateValues, in place: TemplatePlace) {
        self.values = values
        self.place = place
    }

    mutating func render(_ parts: [TemplatePart]) throws(TemplateProblem) {
        for part in parts {
            switch part {
            case .text(let text): try write(Array(text.utf8))
            case .value(let name, let isAlone): try renderValue(name, isAlone: isAlone)
            case .section(let name, let isInverted, let inner):
                try renderSection(name, isInverted: isInverted, inner)
            }
        }
    }

    private mutating func renderValue(_ name: TemplateName, isAlone: Bool) throws(TemplateProblem) {
        guard let text = self.text(of: name) else { throw problem(name, "there is no value for {{\(name.text)}}") }
        var bytes = Array(text.utf8)
        guard !bytes.contains(0) else { throw problem(name, "the value of {{\(name.text)}} has a NUL byte") }
        guard isAlone || !bytes.contains(where: { $0 == 10 || $0 == 13 }) else {
            throw problem(
                name,
                "the value of {{\(name.text)}} has a line break; only alone on its line it may have several lines")
        }
        // A file's text ends with a line break of its own, and the template's line has one.
        if isAlone, bytes.last == 10 { bytes.removeLast() }
        try write(bytes)
    }

    private mutating func write(_ bytes: [UInt8]) throws(TemplateProblem) {
        output += bytes
        guard output.count <= TemplateRenderer.largest else {
            throw TemplateProblem(position: place.start, message: "what the template makes is larger than 1MiB")
        }
    }

    private mutating func renderSection(
        _ name: TemplateName, isInverted: Bool, _ inner: [TemplatePart]
    ) throws(TemplateProblem) {
        let found = value(of: name.root)
        let items = found?.items
        guard !isInverted, let items else {
            let isSet = items.map { !$0.isEmpty } ?? isTrue(found, name)
            if isSet != isInverted { try render(inner) }
            return
        }
        for item in items {
            itemCount += 1
            guard itemCount <= TemplateRenderer.mostItems else {
                throw problem(name, "its sections go through more than \(TemplateRenderer.mostItems) items")
            }
            open.append(item)
            try render(inner)
            open.removeLast()
        }
    }

    /// Whether a section of something that is no list is written.
    private func isTrue(_ value: InputValue?, _ name: TemplateName) -> Bool {
        guard let value else { return false }
        if let word = name.property { return value.plainText == word }
        return value != .boolean(false)
    }

    /// What a name stands for: the fields of the innermost item go before those around it, and these before the inputs.
    private func value(of root: String) -> InputValue? {
        for fields in open.reversed() {
            if let field = fields[root] { return field }
        }
        return values.inputs[root]
    }

    private func text(of name: TemplateName) -> String? {
        if name.isOwn { return TemplateOwnValue(rawValue: name.property ?? "").flatMap { values.own[$0] } }
        guard let value = value(of: name.root) else { return nil }
        guard let unit = name.property else { return value.plainText }
        return value.plainText(in: unit)
    }

    private func problem(_ name: TemplateName, _ message: String) -> TemplateProblem {
        TemplateProblem(position: name.position, message: message)
    }
}

extension Template {
    /// The template with values in it; throws where one is missing or cannot stand where it is.
    package func render(_ values: TemplateValues) throws(TemplateProblem) -> [UInt8] {
        var renderer = TemplateRenderer(values, in: place)
        try renderer.render(parts)
        return renderer.output
    }
}

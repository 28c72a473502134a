/// Puts the sections of a template together.
struct TemplateParser {
    /// What is complete; all of it after `finish`.
    private(set) var parts: [TemplatePart] = []
    /// What is wrong with the sections: the first mistake, since the others follow from it.
    private(set) var errors: [Diagnostic] = []
    private var open: [Open] = []
    private let place: TemplatePlace

    /// A section that is not closed yet.
    private struct Open {
        let name: TemplateName
        let isInverted: Bool
        var parts: [TemplatePart] = []
    }

    init(_ place: TemplatePlace) {
        self.place = place
    }

    mutating func add(_ token: TemplateToken) {
        switch token {
        case .text(let text): append(.text(text))
        case .value(let name, let isAlone): append(.value(name, isAlone: isAlone))
        case .open(let name, let isInverted):
            // What is too deep is not kept, so that nothing ever recurses into it.
            guard open.count < Template.deepest else {
                return complain(at: name, "sections are nested more than \(Template.deepest) deep")
            }
            open.append(Open(name: name, isInverted: isInverted))
        case .close(let name): close(name)
        }
    }

    /// Complains about sections that were never closed.
    mutating func finish() {
        guard let section = open.last else { return }
        complain(
            at: section.name, "the section \(Found.quoted(section.name.text)) is never closed",
            remedy: "add {{/\(section.name.text)}}")
    }

    private mutating func close(_ name: TemplateName) {
        guard let section = open.popLast() else {
            return complain(
                at: name, "{{/\(name.text)}} closes nothing",
                remedy: "remove it, or open the section with {{#\(name.text)}}")
        }
        guard section.name.text == name.text else {
            return complain(
                at: name, "expected {{/\(section.name.text)}}, found {{/\(name.text)}}",
                related: .init("it is opened here", at: section.name.position))
        }
        append(.section(section.name, isInverted: section.isInverted, section.parts))
    }

    private mutating func append(_ part: TemplatePart) {
        if open.isEmpty {
            parts.append(part)
        } else {
            open[open.count - 1].parts.append(part)
        }
    }

    private mutating func complain(
        at name: TemplateName, _ message: String, remedy: String? = nil, related: Diagnostic.Related? = nil
    ) {
        guard errors.isEmpty else { return }
        errors.append(place.problem(at: name.position, message, remedy: remedy, related: related))
    }
}

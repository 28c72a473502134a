/// A file that a package places in a guest.
package struct PackageFile: Sendable, Equatable {
    /// What a file holds.
    package enum Content: Sendable, Equatable {
        case template(Template)
        case bytes([UInt8])
        /// There is to be none; the owner's is put aside, and comes back with the role's removal.
        case absent
    }

    /// As the package writes it, which is its name there.
    package let name: String
    /// Its path in the guest, into which inputs may be put.
    package let path: Template
    package let content: Content
    /// In octal digits.
    package let mode: String
    /// A user and a group, or a user.
    package let owner: String
    /// The command that looks at it before it takes its place; `%s` is its path until then.
    package let check: String?
    /// Where it holds, the file is placed.
    package let condition: PackageCondition?
    package let position: Position
}

/// Whether something of a package is there: where an input is set and true.
package struct PackageCondition: Sendable, Equatable {
    /// A section of that input around a word.
    private let template: Template
    package let name: String

    init(_ name: String, at position: Position, in place: TemplatePlace) {
        self.name = name
        let section = TemplatePart.section(
            TemplateName(text: name, position: position), isInverted: false, [.text("1")])
        template = Template(parts: [section], place: place)
    }

    /// Everything that is wrong with it.
    func check(_ scope: TemplateScope) -> [Diagnostic] { template.check(scope) }

    /// The scope of what is only there where the condition holds.
    func narrowed(_ scope: TemplateScope) -> TemplateScope {
        template.names.first.map(scope.assuming) ?? scope
    }

    package func holds(_ values: TemplateValues) -> Bool {
        (try? template.render(values))?.isEmpty == false
    }
}

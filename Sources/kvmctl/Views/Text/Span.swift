/// A piece of a line in one ink.
struct Span: Sendable, Hashable {
    /// Already safe for a terminal.
    let text: String
    let ink: Ink?

    /// Escapes the text, so that no view can forget to.
    init(_ text: String, _ ink: Ink? = nil) {
        self.text = Printable.escaped(text)
        self.ink = ink
    }

    /// The columns it takes: one for each character, which holds for everything kvmctl prints.
    var width: Int { text.count }

    /// The same ink on other text that is safe already.
    func replacing(_ text: String) -> Span { Span(text, ink) }

    /// Filled up with spaces on the right.
    func padded(to width: Int) -> Span {
        Span(text + String(repeating: " ", count: max(0, width - self.width)), ink)
    }
}

extension Span: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(value) }
}

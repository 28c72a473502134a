import YAML

/// A piece of a template's text, before its sections are put together.
enum TemplateToken {
    case text(String)
    case value(TemplateName, isAlone: Bool)
    case open(TemplateName, isInverted: Bool)
    case close(TemplateName)
}

/// The text of a template, taken apart.
///
/// A section's tag or a comment that stands alone on its line takes the line with it.
struct TemplateTokens {
    private(set) var tokens: [TemplateToken] = []
    private(set) var errors: [Diagnostic] = []
    private let text: TemplateText
    private var cursor = TemplateCursor()
    /// Where the text begins that is in no token yet.
    private var rest = 0

    init(_ text: TemplateText) {
        self.text = text
        var index = 0
        // Enough is enough: each mistake may cost a look at the whole line.
        while errors.count < TemplateTokens.mostErrors,
            let start = text.pair(of: "{", from: index, isOnOneLine: false)
        {
            index = readTag(at: start)
        }
        addText(upTo: text.characters.count)
    }

    private mutating func addText(upTo end: Int) {
        if rest < end { tokens.append(.text(text.string(rest..<end))) }
    }

    /// Reads what begins with two braces, and returns where to go on.
    private mutating func readTag(at start: Int) -> Int {
        let inside = start + 2
        let position = cursor.position(of: start, in: text)
        let first = inside < text.characters.count ? text.characters[inside] : nil
        let isComment = first == "!"
        guard let end = text.pair(of: "}", from: inside, isOnOneLine: !isComment),
            isComment || first == "{" || text.pair(of: "{", from: inside, isOnOneLine: true).map({ $0 > end }) ?? true
        else {
            complain(at: position, "{{ is never closed", remedy: "add }}")
            return isComment ? text.characters.count : inside
        }
        let tag = start..<(end + 2)
        if isComment { return add(nil, tag) }
        switch first {
        case "{":
            let last = end + 2 < text.characters.count && text.characters[end + 2] == "}" ? end + 3 : end + 2
            complain(at: position, "write {{\(shown(inside + 1..<end))}}: nothing is escaped here")
            return last
        case "&":
            complain(at: position, "write {{\(shown(inside + 1..<end))}}: nothing is escaped here")
        case ">":
            complain(at: position, "partials are not supported", remedy: "write the text itself")
        case "=":
            complain(at: position, "other delimiters are not supported")
        case "#", "^", "/":
            guard let name = readName(inside + 1..<end, at: position) else { break }
            return add(first == "/" ? .close(name) : .open(name, isInverted: first == "^"), tag)
        default:
            guard let name = readName(inside..<end, at: position) else { break }
            return add(.value(name, isAlone: text.line(of: tag) != nil), tag)
        }
        return tag.upperBound
    }

    /// Adds a tag, or nothing for a comment, and returns where to go on.
    private mutating func add(_ token: TemplateToken?, _ tag: Range<Int>) -> Int {
        var (start, next) = (tag.lowerBound, tag.upperBound)
        if case .value? = token {
            // A value stays where it is.
        } else if let line = text.line(of: tag) {
            (start, next) = line
        }
        addText(upTo: start)
        if let token { tokens.append(token) }
        rest = next
        return next
    }

    private mutating func readName(_ range: Range<Int>, at position: Position) -> TemplateName? {
        let name = text.trimmed(range)
        guard !name.isEmpty else {
            complain(at: position, "a name is missing between {{ and }}")
            return nil
        }
        guard TemplateName.isName(name) else {
            complain(
                at: position, "\(Found.quoted(name)) is no name of a value",
                remedy: "use letters, digits, - and _, with dots between")
            return nil
        }
        return TemplateName(text: name, position: position)
    }

    private func shown(_ range: Range<Int>) -> String {
        let name = text.trimmed(range)
        return TemplateName.isName(name) ? name : "NAME"
    }

    private mutating func complain(at position: Position, _ message: String, remedy: String? = nil) {
        errors.append(text.place.problem(at: position, message, remedy: remedy))
    }

    /// Of one template: a file that is something else altogether has one on each line.
    static let mostErrors = 50
}

/// Builds the tree of a document from the parser's events.
///
/// Keeps its own stack instead of recursing, so that a file's depth is refused before it can cost this process's stack.
/// Errors that leave the rest readable are collected; the others are thrown.
struct Composer {
    private(set) var errors: [YAMLError] = []

    private let file: String
    private let limits: Limits
    private var stack: [Frame] = []
    private var anchors: [String: Anchored] = [:]
    private var written = 0
    private var expanded = 0
    private var root: Node?

    init(file: String, limits: Limits) {
        self.file = file
        self.limits = limits
    }

    /// Reads everything there is; throws where the rest cannot be read.
    mutating func compose(from events: borrowing EventSource) throws(YAMLError) -> Node {
        var documents = 0
        while true {
            let event = try events.next()
            switch event.kind {
            case .documentStart:
                documents += 1
                guard documents == 1 else {
                    throw YAMLError(
                        at: event.mark, "a second document starts here; put it in a file of its own and remove the ---")
                }
            case .documentEnd, .other:
                break
            case .streamEnd:
                guard let root, !(documents == 1 && isNothing(root)) else {
                    throw YAMLError(at: Position(file: file, line: 1, column: 1), "the file is empty")
                }
                return root
            default:
                try take(event)
            }
        }
    }

    private func isNothing(_ node: Node) -> Bool {
        node.scalar?.text.isEmpty == true && node.isNull
    }

    private mutating func take(_ event: Event) throws(YAMLError) {
        switch event.kind {
        case .scalar(let scalar, let anchor, let tag):
            try countWritten(at: event.mark)
            place(Built(node: tagged(scalar, tag, at: event.mark), size: 1, height: 1), anchor: anchor)
        case .sequenceStart(let anchor, let tag):
            try open(.sequence, anchor: anchor, at: event.mark) { () throws(YAMLError) in
                try Tag.check(tag, is: "seq", at: event.mark)
            }
        case .mappingStart(let anchor, let tag):
            try open(.mapping, anchor: anchor, at: event.mark) { () throws(YAMLError) in
                try Tag.check(tag, is: "map", at: event.mark)
            }
        case .sequenceEnd, .mappingEnd:
            guard var frame = stack.popLast() else { return }
            let built = frame.finish(errors: &errors)
            place(built, anchor: frame.anchor)
        case .alias(let name):
            place(try resolve(name, at: event.mark), anchor: nil)
        case .documentStart, .documentEnd, .streamEnd, .other:
            break
        }
    }

    private mutating func open(
        _ kind: Frame.Kind, anchor: String?, at mark: Position, check: () throws(YAMLError) -> Void
    ) throws(YAMLError) {
        try countWritten(at: mark)
        guard stack.count < limits.depth else { throw tooDeep(at: mark) }
        var frame = Frame(kind: kind, anchor: anchor, mark: mark)
        do throws(YAMLError) {
            try check()
        } catch {
            errors.append(error)
            frame.isInvalid = true
        }
        stack.append(frame)
    }

    private mutating func tagged(_ scalar: Scalar, _ tag: String?, at mark: Position) -> Node {
        do throws(YAMLError) {
            return Node(.scalar(try Tag.apply(tag, to: scalar, at: mark)), at: mark)
        } catch {
            errors.append(error)
            return Node(.invalid, at: mark)
        }
    }

    /// Gives a finished value to what is being built, and remembers it under its anchor.
    private mutating func place(_ built: Built, anchor: String?) {
        if let anchor { anchors[anchor] = Anchored(built: built) }
        guard let last = stack.indices.last else {
            root = built.node
            return
        }
        stack[last].take(built, errors: &errors)
    }

    private mutating func resolve(_ name: String, at mark: Position) throws(YAMLError) -> Built {
        guard let anchored = anchors[name] else {
            if let open = stack.first(where: { $0.anchor == name }) {
                errors.append(
                    YAMLError(
                        at: mark, "the alias *\(name) is inside the value that it refers to",
                        related: .init(at: open.mark, "the value starts here")))
            } else {
                errors.append(YAMLError(at: mark, undefined(name)))
            }
            return Built(node: Node(.invalid, at: mark), size: 1, height: 1)
        }
        expanded += anchored.built.size
        guard expanded <= limits.expandedNodes else {
            throw YAMLError(
                at: mark,
                "the aliases up to here expand to more than \(limits.expandedNodes) values; use fewer aliases")
        }
        guard stack.count + anchored.built.height <= limits.depth + 1 else { throw tooDeep(at: mark) }
        return anchored.built
    }

    private func undefined(_ name: String) -> String {
        let known = anchors.keys.sorted().prefix(5).map { "&\($0)" }
        guard !known.isEmpty else {
            return "the alias *\(name) names no anchor; this file defines none before this place"
        }
        return "the alias *\(name) names no anchor; defined before this place: \(known.joined(separator: ", "))"
    }

    private mutating func countWritten(at mark: Position) throws(YAMLError) {
        written += 1
        guard written <= limits.writtenNodes else {
            throw YAMLError(
                at: mark, "the file has more than \(limits.writtenNodes) values; split it into several files")
        }
    }

    private func tooDeep(at mark: Position) -> YAMLError {
        YAMLError(at: mark, "values are nested more than \(limits.depth) levels deep here")
    }
}

/// A finished value with what an alias to it would cost.
struct Built {
    let node: Node
    /// How many values it stands for, itself included.
    let size: Int
    /// How many levels it has; a scalar has one.
    let height: Int
}

/// A value that aliases may name.
struct Anchored {
    let built: Built
}

/// A list or map whose end has not been met yet.
struct Frame {
    let kind: Kind
    let anchor: String?
    let mark: Position
    var isInvalid = false

    private var items: [Node] = []
    private var entries: [Mapping.Entry] = []
    private var places: [String: Position] = [:]
    private var key: PendingKey?
    private var merges: [Node] = []
    private var size = 1
    private var height = 0

    /// What is being built.
    enum Kind {
        case sequence
        case mapping
    }

    private enum PendingKey {
        case text(String, Position, Scalar.Style)
        case merge
        /// A key that was complained about; its value is dropped.
        case dropped
    }

    init(kind: Kind, anchor: String?, mark: Position) {
        self.kind = kind
        self.anchor = anchor
        self.mark = mark
    }

    /// Takes the next item, key or value.
    mutating func take(_ built: Built, errors: inout [YAMLError]) {
        size += built.size
        height = max(height, built.height)
        guard kind == .mapping else {
            items.append(built.node)
            return
        }
        switch key {
        case nil:
            key = pending(built.node, errors: &errors)
        case .dropped:
            key = nil
        case .merge:
            merges.append(built.node)
            key = nil
        case .text(let text, let mark, let style):
            entries.append(Mapping.Entry(key: text, keyMark: mark, keyStyle: style, value: built.node))
            key = nil
        }
    }

    private mutating func pending(_ node: Node, errors: inout [YAMLError]) -> PendingKey {
        guard let scalar = node.scalar else {
            if case .invalid = node.content { return .dropped }
            errors.append(YAMLError(at: node.mark, "a list or map cannot be a key; if this is text, quote it"))
            return .dropped
        }
        if scalar.style == .plain, scalar.text == "<<" { return .merge }
        if let first = places[scalar.text] {
            errors.append(
                YAMLError(
                    at: node.mark, "the key \"\(scalar.text)\" occurs twice in one map",
                    related: .init(at: first, "it first occurs here")))
            return .dropped
        }
        places[scalar.text] = node.mark
        return .text(scalar.text, node.mark, scalar.style)
    }

    /// The finished value; merge keys are carried out here.
    mutating func finish(errors: inout [YAMLError]) -> Built {
        for node in merges { merge(node, errors: &errors) }
        let content: Node.Content =
            switch kind {
            case _ where isInvalid: .invalid
            case .sequence: .sequence(items)
            case .mapping: .mapping(Mapping(entries))
            }
        return Built(node: Node(content, at: mark), size: size, height: height + 1)
    }

    /// Adds what `<<` names, without touching what is given already: the map's own keys win, then the first of a list.
    private mutating func merge(_ node: Node, errors: inout [YAMLError]) {
        switch node.content {
        case .mapping(let mapping):
            for entry in mapping.entries where places[entry.key] == nil {
                places[entry.key] = entry.keyMark
                entries.append(entry)
            }
        case .sequence(let nodes) where nodes.allSatisfy({ $0.sequence == nil }):
            for node in nodes { merge(node, errors: &errors) }
        case .invalid:
            break
        case .scalar, .sequence:
            errors.append(YAMLError(at: node.mark, "<< merges a map or a list of maps; write for example <<: *name"))
        }
    }
}

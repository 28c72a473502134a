import CLibyaml

/// libyaml's event parser over bytes in memory.
///
/// Owns the C parser and frees it. The bytes must outlive it: it is used only inside `withUnsafeBufferPointer`.
struct EventSource: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let isReady: Bool
    private let file: String
    private let bytes: UnsafeBufferPointer<UInt8>

    init(reading bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.file = file
        self.bytes = bytes
        parser = .allocate(capacity: 1)
        isReady = yaml_parser_initialize(parser) == 1
        guard isReady else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
    }

    /// The next event; throws where the text stops being YAML.
    borrowing func next() throws(YAMLError) -> Event {
        guard isReady else {
            throw YAMLError(at: Position(file: file, line: 1, column: 1), "there is not enough memory to read the file")
        }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { yaml_event_delete(&event) }
        return Event(kind: kind(of: event), mark: mark(event.start_mark))
    }

    private borrowing func mark(_ mark: yaml_mark_t) -> Position {
        Position(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private borrowing func problem() -> YAMLError {
        let context = text(parser.pointee.context)
        let problem = text(parser.pointee.problem) ?? "the parser ran out of memory"
        let place = mark(parser.pointee.problem_mark)
        return SyntaxProblem(
            context: context, contextMark: context == nil ? place : mark(parser.pointee.context_mark),
            problem: problem, problemMark: place, found: found(),
            around: around(Int(parser.pointee.problem_mark.index))
        ).error
    }

    /// The character at an index of the text, and the one before it.
    private borrowing func around(_ index: Int) -> String {
        guard index > 0 else { return "" }
        return String(String(decoding: bytes, as: UTF8.self).unicodeScalars.dropFirst(index - 1).prefix(2))
    }

    /// The character at which the parser stopped.
    private borrowing func found() -> Unicode.Scalar? {
        let buffer = parser.pointee.buffer
        guard let start = buffer.pointer, let end = buffer.last, start < end else { return nil }
        var iterator = UnsafeBufferPointer(start: start, count: min(4, end - start)).makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator), scalar != "\0" else { return nil }
        return scalar
    }

    private borrowing func kind(of event: yaml_event_t) -> Event.Kind {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT:
            return .documentStart
        case YAML_DOCUMENT_END_EVENT:
            return .documentEnd
        case YAML_STREAM_END_EVENT:
            return .streamEnd
        case YAML_SCALAR_EVENT:
            let data = event.data.scalar
            let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
            let scalar = Scalar(String(decoding: bytes, as: UTF8.self), style: style(data.style))
            return .scalar(scalar, anchor: text(data.anchor), tag: text(data.tag))
        case YAML_SEQUENCE_START_EVENT:
            return .sequenceStart(
                anchor: text(event.data.sequence_start.anchor), tag: text(event.data.sequence_start.tag))
        case YAML_SEQUENCE_END_EVENT:
            return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            return .mappingStart(
                anchor: text(event.data.mapping_start.anchor), tag: text(event.data.mapping_start.tag))
        case YAML_MAPPING_END_EVENT:
            return .mappingEnd
        case YAML_ALIAS_EVENT:
            return .alias(text(event.data.alias.anchor) ?? "")
        default:
            return .other
        }
    }

    private borrowing func style(_ style: yaml_scalar_style_t) -> Scalar.Style {
        switch style {
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        default: .plain
        }
    }

    private borrowing func text(_ bytes: UnsafePointer<CChar>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private borrowing func text(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
        bytes.map { String(cString: $0) }
    }
}

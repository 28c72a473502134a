import CLibyaml

/// Writes a tree as YAML text, in block style, with every scalar in the style in which it was written.
///
/// So a plain `0644` or `yes` stays what it was for a reader with other rules than ours, such as a YAML 1.1 parser.
/// Where a style cannot hold a text, quotes are used: the text is always kept, and a quoted text never becomes plain.
package enum Emitter {
    /// The text of a tree, ended by a line break.
    ///
    /// - Throws: where the tree holds something that could not be read in the first place.
    package static func text(_ node: Node) throws(EmitterError) -> String {
        let output = EmitterOutput()
        let emitter = EmitterHandle(writingTo: output)
        try emitter.emit { yaml_stream_start_event_initialize($0, YAML_UTF8_ENCODING) }
        try emitter.emit { yaml_document_start_event_initialize($0, nil, nil, nil, 1) }
        try write(node, to: emitter)
        try emitter.emit { yaml_document_end_event_initialize($0, 1) }
        try emitter.emit { yaml_stream_end_event_initialize($0) }
        return String(decoding: output.bytes, as: UTF8.self)
    }

    /// Recursion is safe: a tree is at most `Limits.depth` deep.
    private static func write(_ node: Node, to emitter: borrowing EmitterHandle) throws(EmitterError) {
        switch node.content {
        case .scalar(let scalar):
            try emitter.emit(scalar)
        case .sequence(let items):
            try emitter.emit { yaml_sequence_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_SEQUENCE_STYLE) }
            for item in items { try write(item, to: emitter) }
            try emitter.emit { yaml_sequence_end_event_initialize($0) }
        case .mapping(let mapping):
            try emitter.emit { yaml_mapping_start_event_initialize($0, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE) }
            for entry in mapping.entries {
                try emitter.emit(Scalar(entry.key, style: entry.keyStyle))
                try write(entry.value, to: emitter)
            }
            try emitter.emit { yaml_mapping_end_event_initialize($0) }
        case .invalid:
            throw EmitterError("the value at \(node.mark) could not be read, so it cannot be written")
        }
    }
}

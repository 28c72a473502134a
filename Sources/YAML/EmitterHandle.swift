import CLibyaml

/// libyaml's emitter, which it owns and frees.
struct EmitterHandle: ~Copyable {
    private let emitter: UnsafeMutablePointer<yaml_emitter_t>
    private let isReady: Bool
    /// Kept for as long as the C emitter has its address.
    private let output: EmitterOutput

    init(writingTo output: EmitterOutput) {
        self.output = output
        emitter = .allocate(capacity: 1)
        isReady = yaml_emitter_initialize(emitter) == 1
        guard isReady else { return }
        yaml_emitter_set_output(emitter, appendEmitterOutput, Unmanaged.passUnretained(output).toOpaque())
        yaml_emitter_set_unicode(emitter, 1)
        // No limit: a line broken in a plain or quoted text is one more thing for readers to get wrong.
        yaml_emitter_set_width(emitter, -1)
    }

    deinit {
        if isReady { yaml_emitter_delete(emitter) }
        emitter.deallocate()
    }

    /// Writes one event; the emitter takes what the event holds, also where it fails.
    borrowing func emit(_ prepare: (UnsafeMutablePointer<yaml_event_t>) -> CInt) throws(EmitterError) {
        var event = yaml_event_t()
        guard isReady, prepare(&event) == 1, yaml_emitter_emit(emitter, &event) == 1 else {
            throw EmitterError("the YAML cannot be written: \(problem())")
        }
    }

    /// Writes a scalar in its style, or in quotes where the style cannot hold it.
    borrowing func emit(_ scalar: Scalar) throws(EmitterError) {
        var text = scalar.text
        let style = style(of: scalar)
        try emit { event in
            text.withUTF8 { bytes in
                // An empty buffer may have no address, which libyaml refuses.
                var nothing: UInt8 = 0
                return withUnsafePointer(to: &nothing) { empty in
                    yaml_scalar_event_initialize(
                        event, nil, nil, bytes.baseAddress ?? empty, CInt(bytes.count), 1, 1, style)
                }
            }
        }
    }

    private borrowing func style(of scalar: Scalar) -> yaml_scalar_style_t {
        switch scalar.style {
        case .plain: YAML_PLAIN_SCALAR_STYLE
        case .quoted: YAML_SINGLE_QUOTED_SCALAR_STYLE
        case .block: YAML_LITERAL_SCALAR_STYLE
        }
    }

    private borrowing func problem() -> String {
        guard isReady, let problem = emitter.pointee.problem else { return "there is not enough memory" }
        return String(cString: problem)
    }
}

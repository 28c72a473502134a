import YAML

extension DecodingContext {
    /// A scalar with its variables put in.
    struct Expanded {
        let scalar: Scalar
        /// Whether a variable was put in: then even a plain number may stand where text is expected.
        let usesVariables: Bool
    }

    /// Puts the variables into a scalar; complains about unknown ones and returns nil.
    func expand(_ scalar: Scalar, at mark: Position) -> Expanded? {
        guard putsInVariables, VariableText.isNeeded(for: scalar.text) else {
            return Expanded(scalar: scalar, usesVariables: false)
        }
        let pieces: [VariableText.Piece]
        do throws(VariableText.Problem) {
            pieces = try VariableText(scalar.text).pieces
        } catch {
            self.error(place(error.offset, in: scalar, at: mark), error.message)
            return nil
        }
        var text = ""
        var isComplete = true
        for piece in pieces {
            switch piece {
            case .text(let plain):
                text += plain
            case .variable(let name, let fallback, let offset):
                let value = variables.values[name]
                if let fallback, value ?? "" == "" {
                    text += fallback
                } else if let value {
                    text += value
                } else {
                    undefined(name, at: place(offset, in: scalar, at: mark))
                    isComplete = false
                }
            }
        }
        return isComplete ? Expanded(scalar: Scalar(text, style: scalar.style), usesVariables: true) : nil
    }

    private func undefined(_ name: String, at mark: Position) {
        guard !isIncomplete else { return }
        let near = NearMiss.of(name, in: variables.values.keys)
        error(
            mark, "the variable \"\(name)\" is not defined",
            remedy: near.map { "did you mean \"\($0)\"?" } ?? "define it under vars: or with --var \(name)=…")
    }

    /// Where in the file a character of a scalar stands; only exact for plain text on one line.
    private func place(_ offset: Int, in scalar: Scalar, at mark: Position) -> Position {
        guard scalar.style == .plain else { return mark }
        return Position(file: mark.file, line: mark.line, column: mark.column + offset)
    }
}

/// A syntax error in libyaml's words, and its translation.
///
/// libyaml says what its grammar expected; people need to know which character to look at and what to change. Anything
/// without a translation is passed on in libyaml's own words.
struct SyntaxProblem {
    let context: String?
    let contextMark: Position
    let problem: String
    let problemMark: Position
    /// The character at which the parser stopped.
    let found: Unicode.Scalar?
    /// The two characters at the problem's place and before it, where there are any.
    let around: String

    /// The error to show.
    var error: YAMLError {
        scanning ?? structure
            ?? YAMLError(at: problemMark, [context, problem].compactMap(\.self).joined(separator: ": "))
    }

    /// Problems with single characters and scalars.
    private var scanning: YAMLError? {
        switch problem {
        case "found character that cannot start any token" where found == "\t",
            "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            return YAMLError(at: problemMark, "the indentation contains a tab; YAML allows only spaces there")
        case "found character that cannot start any token":
            let character = found.map { "the character \($0)" } ?? "this character"
            return YAMLError(at: problemMark, "\(character) cannot start a value; quote the text")
        case "could not find expected ':'":
            return YAMLError(at: contextMark, "a key without a colon: expected \"key: value\"")
        case "mapping values are not allowed in this context":
            return YAMLError(
                at: problemMark, "a second colon on this line, or a wrong indentation; quote text that contains \": \"")
        case "found unexpected end of stream" where context == "while scanning a quoted scalar":
            return YAMLError(at: contextMark, "the quote that opens here is never closed")
        case "found unexpected document indicator":
            return YAMLError(at: contextMark, "the quote that opens here is not closed before the document ends")
        case "found unknown escape character":
            return YAMLError(
                at: problemMark, "an unknown escape in double quotes; use single quotes, or write the backslash twice")
        case "block sequence entries are not allowed in this context":
            return YAMLError(at: problemMark, "a list item cannot start here; put the - on a line of its own")
        case "did not find expected alphabetic or numeric character":
            let what = context == "while scanning an alias" ? "*" : "&"
            return YAMLError(
                at: contextMark, "\(what) must be followed by a name; quote the text if it is meant as text")
        case "found undefined tag handle":
            return YAMLError(at: contextMark, "an unknown tag; quote the text if it is meant to start with !")
        case "found incompatible YAML document":
            return YAMLError(at: problemMark, "an unknown version of YAML; remove the %YAML line")
        default:
            return nil
        }
    }

    /// Problems with what stands inside what.
    private var structure: YAMLError? {
        if around == "${", problem.hasPrefix("did not find expected ',' or") {
            let place = Position(file: problemMark.file, line: problemMark.line, column: problemMark.column - 1)
            return YAMLError(at: place, "inside { } and [ ] a ${…} must be quoted: write '${…}'")
        }
        switch (problem, context) {
        case ("did not find expected ',' or '}'", _):
            return unclosed("{", "}")
        case ("did not find expected ',' or ']'", _):
            return unclosed("[", "]")
        case ("did not find expected key", _):
            return YAMLError(
                at: problemMark, "this line does not fit the map around it; check its indentation",
                related: .init(at: contextMark, "the map starts here"))
        case ("did not find expected '-' indicator", _):
            return YAMLError(
                at: problemMark, "this line does not fit the list around it; check its indentation",
                related: .init(at: contextMark, "the list starts here"))
        case ("did not find expected comment or line break", "while scanning a block scalar"):
            return YAMLError(
                at: problemMark, "only a digit, + or - may follow | and >; the text starts on the next line")
        case ("did not find expected node content", "while parsing a flow node") where found == nil:
            return YAMLError(at: problemMark, "the file ends inside a { or [ that is not closed")
        case ("did not find expected node content", _):
            return YAMLError(at: problemMark, "a value is missing here")
        case ("did not find expected <document start>", _):
            return YAMLError(at: problemMark, "the text goes on after the document's end; check the indentation")
        default:
            return nil
        }
    }

    private func unclosed(_ opening: String, _ closing: String) -> YAMLError {
        YAMLError(
            at: contextMark, "the \(opening) that opens here is not closed: expected , or \(closing)",
            related: .init(at: problemMark, "found something else here"))
    }
}

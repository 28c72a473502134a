/// A place in a file, as people and editors count: lines and columns start at 1, columns count characters.
package struct Mark: Sendable, Hashable {
    /// The file's name as the reader of a message knows it, for example as it was given to `-f`.
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension Mark: CustomStringConvertible {
    package var description: String { "\(file):\(line):\(column)" }
}

/// By file, then line, then column: the order in which complaints are shown.
extension Mark: Comparable {
    package static func < (left: Mark, right: Mark) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

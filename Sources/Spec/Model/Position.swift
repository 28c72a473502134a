/// A place in a spec file, as editors count: lines and columns from 1.
package struct Position: Sendable, Hashable {
    /// The file as the user named it; `-` for standard input.
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension Position: CustomStringConvertible {
    /// `file:line:column`, the form that editors and compilers share.
    package var description: String { "\(file):\(line):\(column)" }
}

extension Position: Comparable {
    package static func < (left: Position, right: Position) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

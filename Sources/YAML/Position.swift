/// A place in a file, as people and editors count: lines and columns start at 1, columns count characters.
package struct Position: Sendable, Hashable {
    /// The file's name as the reader of a message knows it, for example as it was given to `-f`; `-` for standard input.
    package let file: String
    /// 0 where the whole file is meant, for example one that is not there.
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// No place in the file, but the file itself.
    package init(wholeFile file: String) {
        self.init(file: file, line: 0, column: 0)
    }
}

extension Position: CustomStringConvertible {
    /// `file:line:column`, the form that editors and compilers share; the file alone where it is meant as a whole.
    package var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

/// By file, then line, then column: the order in which complaints are shown.
extension Position: Comparable {
    package static func < (left: Position, right: Position) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

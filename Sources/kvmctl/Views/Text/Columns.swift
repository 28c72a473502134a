/// Rows whose cells stand below each other.
enum Columns {
    /// The rows as lines; every column but the last is as wide as its widest cell.
    ///
    /// - Parameter widths: what the columns are at least, so that several tables can stand below each other.
    static func lines(_ rows: [[Span]], indent: Int = 0, gap: Int = 2, atLeast widths: [Int] = []) -> [Line] {
        let widths = self.widths(rows, atLeast: widths)
        return rows.map { row in
            var spans = [Span(String(repeating: " ", count: indent))]
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                spans.append(isLast ? cell : cell.padded(to: widths[column] + gap))
            }
            let hang = indent + row.indices.dropLast().reduce(0) { $0 + widths[$1] + gap }
            return Line(spans, hang: hang)
        }
    }

    /// The width of each column.
    static func widths(_ rows: [[Span]], atLeast widths: [Int] = []) -> [Int] {
        var widths = widths
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.width)
            }
        }
        return widths
    }
}

extension String {
    /// The folder of a file's path.
    var folder: String { "/" + split(separator: "/").dropLast().joined(separator: "/") }

    /// The last part of a path.
    var fileName: String { split(separator: "/").last.map { String($0) } ?? self }
}

import YAML

/// Tells a `#cloud-config` file from the other kinds of user-data, by their first line as cloud-init does
/// (cloudinit/handlers/__init__.py, INCLUSION_TYPES_MAP).
enum UserDataFile {
    /// The keys of a file; complains where it is no `#cloud-config`.
    static func keys(of source: SpecSource, named mark: Position, context: DecodingContext) -> Mapping? {
        let name = Found.shortened(source.file)
        guard !source.bytes.starts(with: [0x1F, 0x8B]) else {
            context.error(mark, "cloudInit.file: \(name) is compressed", remedy: "unpack it with gunzip")
            return nil
        }
        let start = source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = String(decoding: source.bytes[start...].prefix { $0 != 10 && $0 != 13 }.prefix(200), as: UTF8.self)
        guard first.prefix(while: { !$0.isWhitespace }) == header else {
            let remedy = other(first) ?? "make \(header) its first line if its keys are cloud-init's"
            context.error(mark, "cloudInit.file: \(name) does not start with \(header)", remedy: remedy)
            return nil
        }
        let document = Document(reading: source.bytes, file: source.file)
        // A file of nothing but its first line says nothing, which is allowed.
        if document.root == nil, document.errors.map(\.message) == ["the file is empty"] { return Mapping() }
        for error in document.errors { context.add(Diagnostic(error)) }
        guard let root = document.root else { return nil }
        return root.isNull ? Mapping() : context.mapping(root, path: name, expected: "a map of cloud-init's keys")
    }

    /// What to write in place of text that stands where a map belongs.
    static func remedy(for text: String) -> String? {
        let first = text.prefix { !$0.isNewline }
        if first.hasPrefix(header) {
            return "remove the | and the line \(header): write the keys themselves below cloudInit; or put the text "
                + "into a file and write cloudInit: {file: PATH}"
        }
        if let remedy = other(String(first)) { return remedy }
        let isPath = !text.isEmpty && first.count == text.count && !text.contains(" ")
        return isPath ? "write cloudInit: {file: \(Found.shortened(text))}" : nil
    }

    private static let header = "#cloud-config"

    /// What to do with user-data of another kind; nil where the first line is that of none.
    private static func other(_ first: String) -> String? {
        let kinds: [(start: String, remedy: String)] = [
            ("#!", "it is a script: write it below runcmd:, or below write_files: and run it from runcmd:"),
            ("#cloud-boothook", "it is a script for each boot: write it below bootcmd:"),
            ("#include", "it names other files to fetch: put their content here"),
            ("## template:", "it is a template, and templates are not filled in: write the values themselves"),
            ("Content-Type:", multipart), ("MIME-Version:", multipart), ("From ", multipart),
            ("#cloud-config-", "only \(header) itself can be merged: write its keys here"),
            ("#part-handler", "it is a part handler, which is not supported"),
        ]
        return kinds.first { first.hasPrefix($0.start) }?.remedy
    }

    private static let multipart =
        "it is a multipart archive: write the keys of its cloud-config part here, and its scripts below runcmd:"
}

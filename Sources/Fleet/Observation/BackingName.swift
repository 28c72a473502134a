import FoundationEssentials

/// What a qcow2 file calls its backing file, in all the ways that QEMU reads.
enum BackingName {
    /// The path of the file; as written where it is none, such as `nbd://…`.
    ///
    /// A relative name counts from the folder of the file that names it.
    static func path(_ name: String, from overlay: String) -> String {
        var name = name
        if name.hasPrefix("json:") {
            guard let file = described(String(name.dropFirst(5))) else { return name }
            name = file
        } else if name.hasPrefix("file:") {
            name = String(name.dropFirst(5))
        } else if let colon = name.firstIndex(of: ":"), !name[..<colon].contains("/") {
            return name
        }
        if name.hasPrefix("/") { return name }
        guard let slash = overlay.lastIndex(of: "/") else { return name }
        return overlay[...slash] + name
    }

    /// The file that a description in JSON comes down to; nil where it is none.
    private static func described(_ json: String) -> String? {
        guard let node = try? JSONDecoder().decode(Description.self, from: Data(json.utf8)) else { return nil }
        return node.path
    }

    /// A node of QEMU's, flat (`file.filename`) or nested.
    private final class Description: Decodable {
        private let filename: String?
        private let flat: String?
        private let file: Description?

        private enum CodingKeys: String, CodingKey {
            case filename, file
            case flat = "file.filename"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            filename = try? container.decodeIfPresent(String.self, forKey: .filename)
            flat = try? container.decodeIfPresent(String.self, forKey: .flat)
            file = try? container.decodeIfPresent(Description.self, forKey: .file)
        }

        var path: String? { filename ?? flat ?? file?.path }
    }
}

import Blocking
import Foundation

/// What a playbook wrote into the file of its outputs: a line `NAME=VALUE` each, of which the last of a name counts.
enum AnsibleOutputs {
    /// In bytes: a longer file is refused, as nobody knows what a part of it says.
    private static let longest = 1 << 20

    /// The values by their names; nil where the file is longer, or cannot be read.
    static func read(_ path: String) async -> [String: String]? {
        let data = await SerialThread.run("kvmctl.ansible") { () -> Data? in
            guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
            defer { try? handle.close() }
            return try? handle.read(upToCount: longest + 1) ?? Data()
        }
        guard let data, data.count <= longest else { return nil }
        return values(String(decoding: data, as: UTF8.self))
    }

    static func values(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
        return values
    }
}

/// A file of checksums as distributions publish it.
///
/// Three forms are known: `DIGEST  NAME` as coreutils write it, `SHA256 (NAME) = DIGEST` as BSD tools do, and a digest alone
/// in a file of its own. Comments, signatures and digests of other algorithms are passed over.
package struct ChecksumList: Sendable, Hashable {
    private var named: [String: [Checksum]] = [:]
    private var alone: [Checksum] = []

    /// How many bytes of a file are read at most.
    package static let limit = 4 << 20

    package init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            if let checksum = Self.checksum(first.hasPrefix("\\") ? first.dropFirst() : first) {
                let rest = line[first.endIndex...].drop(while: \.isWhitespace)
                let name = Self.name(rest.hasPrefix("*") ? rest.dropFirst() : rest)
                if name.isEmpty { alone.append(checksum) } else { named[name, default: []].append(checksum) }
            } else if words.count > 3, let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"),
                open < close, let digest = words.last, let checksum = Self.checksum(digest),
                first.lowercased() == checksum.algorithm.rawValue
            {
                named[Self.name(line[line.index(after: open)..<close]), default: []].append(checksum)
            }
        }
    }

    package var isEmpty: Bool { named.isEmpty && alone.isEmpty }

    /// The names in it, sorted.
    package var names: [String] { named.keys.sorted() }

    /// What a file of that name hashes to; nil where the list does not say, or says two things.
    ///
    /// SHA-256 goes before SHA-512, since images are named by it.
    package func checksum(of name: String) -> Checksum? {
        let found = named[name] ?? (named.isEmpty && alone.count == 1 ? alone : [])
        for algorithm in Checksum.Algorithm.allCases {
            let digests = Set(found.filter { $0.algorithm == algorithm })
            if digests.count == 1 { return digests.first }
        }
        return nil
    }

    private static func checksum(_ digits: some StringProtocol) -> Checksum? {
        Checksum.Algorithm.allCases.lazy.compactMap { Checksum(algorithm: $0, digest: String(digits)) }.first
    }

    /// The last part of a path, as in `./images/debian-12.qcow2`.
    private static func name(_ path: some StringProtocol) -> String {
        path.split(separator: "/").last.map { String($0).trimmed } ?? ""
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

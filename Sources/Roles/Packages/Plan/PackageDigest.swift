import Hashing

/// What tells packages, and attempts at a role, apart.
enum PackageDigest {
    /// Of a package's files, by their paths in its folder: no two packages have the same.
    static func package(_ files: [String: [UInt8]]) -> String {
        var text: [UInt8] = []
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            text += Array(path.utf8) + [0] + Array("\(bytes.count)".utf8) + [0] + bytes
        }
        return hexadecimal(HashFunction.sha256.hash(text))
    }

    /// Of what an attempt is for: a package and its inputs, as the guest remembers them.
    static func target(package digest: String, inputs: String) -> String {
        hexadecimal(HashFunction.sha256.hash(Array("\(digest) \(inputs)".utf8)))
    }
}

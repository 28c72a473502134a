import Hashing

/// What tells packages, and attempts at a role, apart.
enum PackageDigest {
    /// How many digits of a target are the same for all members of a group.
    private static let specDigits = 32

    /// Of a package's files, by their paths in its folder: no two packages have the same.
    static func package(_ files: [String: [UInt8]]) -> String {
        var text: [UInt8] = []
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            text += Array(path.utf8) + [0] + Array("\(bytes.count)".utf8) + [0] + bytes
        }
        return hexadecimal(HashFunction.sha256.hash(text))
    }

    /// Of what an attempt is for: half of the digits tell the role as the spec has it, half what its references stand
    /// for.
    ///
    /// - Parameters:
    ///   - spec: the inputs as they are written.
    ///   - inputs: the inputs as the guest remembers them.
    static func target(package digest: String, spec: String, inputs: String) -> String {
        let halves = [spec, inputs].map { hexadecimal(HashFunction.sha256.hash(Array("\(digest) \($0)".utf8))) }
        return halves.map { String($0.prefix(specDigits)) }.joined()
    }

    /// What tells an attempt to take a role away, which is for no package.
    static let removal = hexadecimal(HashFunction.sha256.hash(Array("removal".utf8)))

    /// What tells the role as the spec has it, of a target.
    static func spec(ofTarget target: String) -> String { String(target.prefix(specDigits)) }
}

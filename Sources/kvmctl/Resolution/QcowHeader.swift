import Spec

/// What the first bytes of a qcow2 file say of it.
struct QcowHeader: Sendable, Hashable {
    /// The size of the disk that a guest sees.
    let virtualSize: Size
    /// Whether it needs another file, which a node would not have.
    let hasBackingFile: Bool

    /// The bytes that are needed to read it.
    static let length = 32

    /// Returns nil where the bytes do not start a qcow2 file of version 2 or 3.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= QcowHeader.length, bytes.starts(with: Array("QFI".utf8) + [0xFB]) else { return nil }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        guard (2...3).contains(number(4..<8)) else { return nil }
        hasBackingFile = number(8..<16) != 0
        virtualSize = Size(bytes: number(24..<32))
    }
}

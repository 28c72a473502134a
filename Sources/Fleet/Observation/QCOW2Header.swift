/// The beginning of a qcow2 file: what a guest sees of it and what it stands on.
struct QCOW2Header: Sendable, Equatable {
    /// The size a guest sees, in bytes.
    let capacity: UInt64
    let backing: Backing

    enum Backing: Sendable, Equatable {
        case none
        /// As written in the file, possibly relative to its folder.
        case name(String)
        /// It has one, whose name lies further in the file than was read.
        case beyond(UInt64)
    }

    /// Reads the first bytes of a file; nil where it is no qcow2.
    init?(_ bytes: some RandomAccessCollection<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count >= 32, bytes[0..<4].elementsEqual([0x51, 0x46, 0x49, 0xFB]) else { return nil }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        capacity = number(24, 8)
        let (offset, length) = (number(8, 8), number(16, 4))
        if offset == 0 || length == 0 {
            backing = .none
        } else if length <= 1023, offset <= 1 << 21, offset + length <= UInt64(bytes.count) {
            backing = .name(String(decoding: bytes[Int(offset)..<Int(offset + length)], as: UTF8.self))
        } else {
            backing = .beyond(min(offset, 1 << 21) + min(length, 1023))
        }
    }
}

/// The beginning of a qcow2 file: what a guest sees of it and what it stands on.
///
/// The layout is that of QEMU's `docs/interop/qcow2.txt`.
package struct QCOW2Header: Sendable, Equatable {
    /// The size a guest sees, in bytes.
    package let capacity: UInt64
    package let backing: Backing
    /// What it says its backing file's format is; nil where it says nothing, or not within what was read.
    package private(set) var backingFormat: String?
    /// Why it cannot be an image by itself, such as "it is encrypted"; nil where it can.
    package private(set) var obstacle: String?
    /// How long the file is at least, in bytes, for its first tables to be in it.
    package let leastLength: UInt64

    package enum Backing: Sendable, Equatable {
        case none
        /// As written in the file, possibly relative to its folder.
        case name(String)
        /// It has one, whose name ends so far in the file, further than was read.
        case beyond(UInt64)
    }

    /// Where the table of tables begins in the file.
    package let tableOffset: UInt64
    package let tableCount: Int
    private let clusterBits: UInt64

    /// The bits of a table's entry that say where in the file something is.
    package static let offsetMask: UInt64 = 0x00FF_FFFF_FFFF_FE00

    /// How many numbers of 64 bits a table has.
    package var tableLength: Int { 1 << Int(clusterBits - 3) }
    /// Every how many of them one says where a cluster is: in extended tables the others are maps of its parts.
    package let tableStride: Int

    /// Where a cluster begins in the file; nil for one that has no place in it.
    package func offset(ofCluster entry: UInt64) -> UInt64? {
        let offset: UInt64
        if entry & 1 << 62 != 0 {
            offset = entry & (1 << (62 - (clusterBits - 8)) - 1)
        } else {
            offset = entry & QCOW2Header.offsetMask
        }
        return offset == 0 ? nil : offset
    }

    /// How many bytes are needed for all but a backing file's name.
    package static let length = 512

    /// Reads the first bytes of a file; nil where it is no qcow2.
    package init?(_ bytes: some RandomAccessCollection<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count >= 32, bytes[0..<4].elementsEqual([0x51, 0x46, 0x49, 0xFB]) else { return nil }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            guard offset + count <= bytes.count else { return 0 }
            return bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | UInt64($1) }
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
        let version = number(4, 4)
        let clusterBits = number(20, 4)
        self.clusterBits = min(max(clusterBits, 9), 21)
        tableOffset = number(40, 8)
        tableCount = Int(number(36, 4))
        tableStride = version >= 3 && number(72, 8) & 16 != 0 ? 2 : 1
        let tables = [
            number(40, 8).addingReportingOverflow(number(36, 4) * 8),
            number(48, 8).addingReportingOverflow(number(56, 4) << min(clusterBits, 21)),
        ]
        leastLength = tables.map { $0.overflow ? .max : $0.partialValue }.max() ?? 0
        obstacle = QCOW2Header.obstacle(
            version: version, clusterBits: clusterBits, cipher: number(32, 4),
            features: version >= 3 ? number(72, 8) : 0)
        readExtensions(bytes, from: version >= 3 ? number(100, 4) : 72, number)
    }

    private static func obstacle(version: UInt64, clusterBits: UInt64, cipher: UInt64, features: UInt64) -> String? {
        if version < 2 || version > 3 { return "it is qcow2 version \(version), which QEMU does not support" }
        if clusterBits < 9 || clusterBits > 21 { return "its qcow2 header is damaged" }
        if cipher != 0 { return "it is encrypted\(cipher == 2 ? " (LUKS)" : "")" }
        if features & 2 != 0 { return "it is marked as corrupt (qemu-img check)" }
        if features & 4 != 0 { return "its data is in another file (an external data file)" }
        return nil
    }

    /// Reads the list of extensions, of which only the backing file's format is of interest.
    private mutating func readExtensions(_ bytes: [UInt8], from start: UInt64, _ number: (Int, Int) -> UInt64) {
        guard start >= 72, start < UInt64(bytes.count) else { return }
        var at = Int(start)
        while at + 8 <= bytes.count {
            let (type, length) = (number(at, 4), Int(number(at + 4, 4)))
            guard type != 0, length <= bytes.count - at - 8 else { return }
            if type == 0xE279_2ACA {
                backingFormat = String(decoding: bytes[(at + 8)..<(at + 8 + length)], as: UTF8.self)
            }
            at += 8 + (length + 7) / 8 * 8
        }
    }
}

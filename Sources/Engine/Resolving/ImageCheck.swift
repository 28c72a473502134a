import Fleet
import Glibc
import Spec

/// A look at an image file of this machine, before anything of it is sent anywhere.
struct ImageCheck {
    private let descriptor: Int32
    private let path: String
    private let length: UInt64

    /// A look at an open file, which is `length` bytes long.
    init(_ descriptor: Int32, path: String, length: UInt64) {
        self.descriptor = descriptor
        self.path = path
        self.length = length
    }

    /// The size of the disk that a guest sees; nil where only unpacking the file would tell.
    ///
    /// Blocks on the disk.
    /// - Throws: where neither the file is an image by itself nor a node can make one of it, with the way to make one.
    func virtualSize() throws(FileError) -> Size? {
        let start = try bytes(at: 0, count: ImageKind.length)
        guard let header = QCOW2Header(start.prefix(QCOW2Header.length)) else {
            guard let kind = ImageKind(start, length: length) else { throw FileError(ImageKind.unknown) }
            return try virtualSize(kind, start)
        }
        if header.backing != .none {
            throw FileError("it needs a backing file; flatten it with qemu-img convert -O qcow2 \(path) NEW.qcow2")
        }
        if let obstacle = header.obstacle {
            throw FileError("\(obstacle); convert it to a plain image with qemu-img convert -O qcow2 \(path) NEW.qcow2")
        }
        guard try isWhole(header) else {
            throw FileError("it is truncated: it has \(length) bytes, and refers to later ones; download it again")
        }
        return Size(bytes: header.capacity)
    }

    /// Looks whether it is a CD.
    ///
    /// - Throws: where it is none.
    func requireDisc() throws(FileError) {
        let start = try bytes(at: 0, count: ImageKind.length)
        guard ImageKind.isDisc(start) else {
            throw FileError("it is no CD to install from: it has no ISO 9660 file system")
        }
    }

    /// The size that the header of another format tells of.
    ///
    /// Sources: QEMU's docs/interop (VMDK: "capacity" at byte 12, in sectors), and block/vdi.c ("disk_size" at 0x170).
    private func virtualSize(_ kind: ImageKind, _ start: [UInt8]) throws(FileError) -> Size? {
        func number(at offset: Int) -> UInt64 {
            start.dropFirst(offset).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch kind {
        case .raw: return Size(bytes: (length + 511) / 512 * 512)
        case .vdi: return Size(bytes: number(at: 0x170))
        case .vmdk:
            let sectors = number(at: 12)
            // A mere description of other files has no number there, and one that names them in a sparse file has 0.
            guard start.starts(with: Array("KDMV".utf8)), sectors > 0, sectors < 1 << 50 else {
                throw FileError(
                    "it is a VMware disk in several files; convert it with qemu-img convert -O qcow2 \(path) NEW.qcow2")
            }
            return Size(bytes: sectors * 512)
        case .vhdx, .xz, .gzip, .zstd: return nil
        case .bzip2, .zip, .vhd, .iso, .page: throw FileError(kind.complaint(path) ?? ImageKind.unknown)
        }
    }

    /// Whether everything that its tables lead to is within the file.
    private func isWhole(_ header: QCOW2Header) throws(FileError) -> Bool {
        // QEMU makes no longer ones.
        guard header.leastLength <= length, header.tableCount <= 4 << 20 else { return false }
        for table in try numbers(at: header.tableOffset, count: header.tableCount) {
            let offset = table & QCOW2Header.offsetMask
            guard offset != 0 else { continue }
            guard offset < length else { return false }
            let entries = try numbers(at: offset, count: header.tableLength)
            for index in stride(from: 0, to: entries.count, by: header.tableStride) {
                guard let cluster = header.offset(ofCluster: entries[index]) else { continue }
                guard cluster < length else { return false }
            }
        }
        return true
    }

    /// Numbers of 64 bits; of those behind the end of the file none.
    private func numbers(at offset: UInt64, count: Int) throws(FileError) -> [UInt64] {
        let bytes = try bytes(at: offset, count: count * 8)
        return stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private func bytes(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read = 0
        while read < count {
            let more = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[read...]).baseAddress, count - read,
                    Int(offset) + read)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw FileError.last }
            if more == 0 { break }
            read += more
        }
        return Array(bytes.prefix(read))
    }
}

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

    /// The size of the disk that a guest sees.
    ///
    /// Blocks on the disk.
    /// - Throws: where the file cannot be an image by itself, with the way to make one of it.
    func virtualSize() throws(FileError) -> Size {
        let start = try bytes(at: 0, count: ImageKind.length)
        guard let header = QCOW2Header(start.prefix(QCOW2Header.length)) else {
            throw FileError(ImageKind(start, length: length)?.complaint(path) ?? ImageKind.unknown)
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

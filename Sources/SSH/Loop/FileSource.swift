import Glibc

/// A local file on its way to a remote command's standard input.
final class FileSource {
    private let file: Descriptor
    private let seal: (any FileSeal)?
    private let progress: @Sendable (Int) -> Void
    private var pending = ByteQueue()
    private var hasEnded = false
    /// How many bytes of the file were read, and how many were sent with those that follow the file.
    private var (taken, sent) = (0, 0)
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileSource.piece, alignment: 4096)

    /// How much is read at once: enough to fill packets, little enough not to keep the loop from others.
    private static let piece = 256 << 10

    /// - Parameter progress: called with the number of the file's bytes handed over so far.
    init(
        _ file: consuming Descriptor, sealedBy seal: (any FileSeal)?, progress: @escaping @Sendable (Int) -> Void
    ) {
        self.file = file
        self.seal = seal
        self.progress = progress
    }

    deinit { buffer.deallocate() }

    /// Whether the whole file has been handed over, with what follows it.
    var isAtEnd: Bool { hasEnded && pending.isEmpty }

    /// Hands over what the server has room for.
    func feed(_ channel: Channel) throws(SystemFailure) {
        while channel.room > 0, !isAtEnd {
            if pending.isEmpty, try !load() { return }
            var used = 0
            pending.consume { bytes in
                used = channel.send(bytes) ?? bytes.count
                return used
            }
            if used == 0 { return }
            sent += used
            progress(min(sent, taken))
        }
    }

    private func load() throws(SystemFailure) -> Bool {
        let count = read(file.raw, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw SystemFailure("read") }
        if count == 0 {
            hasEnded = true
            seal?.ending().withUnsafeBytes { pending.append($0) }
        } else {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            seal?.add(bytes)
            pending.append(bytes)
            taken += count
        }
        return !pending.isEmpty
    }
}

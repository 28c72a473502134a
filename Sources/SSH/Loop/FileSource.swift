import Glibc

/// A local file on its way to a remote command's standard input.
final class FileSource {
    private let file: Descriptor
    private let progress: @Sendable (Int) -> Void
    private var pending = ByteQueue()
    private var hasEnded = false
    private var sent = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileSource.piece, alignment: 4096)

    /// How much is read at once: enough to fill packets, little enough not to keep the loop from others.
    private static let piece = 256 << 10

    /// - Parameter progress: called with the number of bytes handed over so far.
    init(_ file: consuming Descriptor, progress: @escaping @Sendable (Int) -> Void) {
        self.file = file
        self.progress = progress
    }

    deinit { buffer.deallocate() }

    /// Whether the whole file has been handed over.
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
            progress(sent)
        }
    }

    private func load() throws(SystemFailure) -> Bool {
        let count = read(file.raw, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw SystemFailure("read") }
        if count == 0 { hasEnded = true }
        pending.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count > 0
    }
}

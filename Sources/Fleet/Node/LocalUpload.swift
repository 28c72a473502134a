import Blocking
import Glibc
import SSH
import Synchronization

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A local file on its way to the standard input of a program of this machine.
final class LocalUpload: Sendable {
    /// Why the file could not be read to its end.
    private let failure = Mutex<Errno?>(nil)
    /// What the program reads from; whoever starts it closes it.
    let reader: FileDescriptor

    /// How much is read and written at once.
    private static let piece = 256 << 10

    /// Has a thread of its own write a file, and what its seal says, into a pipe.
    ///
    /// The thread ends after the last byte, or with the reader.
    /// - Parameter progress: called on that thread with the number of the file's bytes written so far.
    /// - Throws: an `Errno` where the file or the pipe cannot be opened, or the system has no thread left.
    init(
        of file: String, sealedBy seal: (any FileSeal)?, progress: @escaping @Sendable (UInt64) -> Void
    ) throws {
        let source = try Self.open(file)
        if let seal, seal.thereBefore > 0 { lseek(source.rawValue, off_t(seal.thereBefore), SEEK_SET) }
        let writer: FileDescriptor
        do { (reader, writer) = try FileDescriptor.pipe() } catch {
            try? source.close()
            throw error
        }
        // No other program that is started meanwhile gets them: Subprocess closes what it hands over to nobody.
        for end in [reader, writer] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        let missingThread = DedicatedThread.start {
            self.give(source, to: writer, sealedBy: seal, progress: progress)
            try? source.close()
            try? writer.close()
        }
        guard let missingThread else { return }
        for descriptor in [source, reader, writer] { try? descriptor.close() }
        throw Errno(rawValue: missingThread)
    }

    /// Throws where the file could not be read to its end, which the program cannot tell; called after the program's end.
    func check() throws(Errno) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private static func open(_ file: String) throws(Errno) -> FileDescriptor {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }

    private func give(
        _ source: FileDescriptor, to writer: FileDescriptor, sealedBy seal: (any FileSeal)?,
        progress: @Sendable (UInt64) -> Void
    ) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 4096)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        while true {
            let count: Int
            do { count = try source.read(into: buffer) } catch {
                return failure.withLock { $0 = error as? Errno ?? Errno(rawValue: EIO) }
            }
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            seal?.add(bytes)
            // A program that reads no more says itself why.
            guard (try? writer.writeAll(bytes)) != nil else { return }
            done += UInt64(count)
            progress(done)
        }
        if let seal { _ = try? writer.writeAll(seal.ending()) }
    }
}

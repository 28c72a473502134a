import Blocking
import Glibc
import SSH

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A local file on its way to the standard input of a program of this machine.
enum LocalUpload {
    /// How much is read and written at once.
    private static let piece = 256 << 10

    /// Has a thread of its own write a file, and what its seal says, into a pipe; gives the end to read from.
    ///
    /// The thread ends after the last byte, or with the reader. Where the file cannot be read to its end, the pipe ends
    /// without the seal. The reader's end is the caller's to close.
    /// - Parameter progress: called on that thread with the number of the file's bytes written so far.
    /// - Throws: an `Errno` where the file or the pipe cannot be opened, or the system has no thread left.
    static func pipe(
        of file: String, sealedBy seal: (any FileSeal)?, progress: @escaping @Sendable (UInt64) -> Void
    ) throws(Errno) -> FileDescriptor {
        let source = try open(file)
        let (reader, writer): (FileDescriptor, FileDescriptor)
        do {
            let ends = try FileDescriptor.pipe()
            (reader, writer) = (ends.readEnd, ends.writeEnd)
        } catch {
            try? source.close()
            throw error as? Errno ?? Errno(rawValue: EMFILE)
        }
        // No other program that is started meanwhile gets them: Subprocess closes what it hands over to nobody.
        for end in [reader, writer] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        let failure = DedicatedThread.start {
            // The reader's end says why it ended.
            try? give(source, to: writer, sealedBy: seal, progress: progress)
            try? source.close()
            try? writer.close()
        }
        guard let failure else { return reader }
        for descriptor in [source, reader, writer] { try? descriptor.close() }
        throw Errno(rawValue: failure)
    }

    private static func open(_ file: String) throws(Errno) -> FileDescriptor {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }

    private static func give(
        _ source: FileDescriptor, to writer: FileDescriptor, sealedBy seal: (any FileSeal)?,
        progress: @Sendable (UInt64) -> Void
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 4096)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        while true {
            let count = try source.read(into: buffer)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            seal?.add(bytes)
            try writer.writeAll(bytes)
            done += UInt64(count)
            progress(done)
        }
        if let seal { try writer.writeAll(seal.ending()) }
    }
}

import Glibc
import Hashing
import Spec

/// An image file on this machine: what it is and what its bytes hash to.
struct LocalImage: Sendable, Hashable {
    var byteCount: UInt64
    /// Nil where only unpacking it would tell.
    var virtualSize: Size?
    /// Lower-case hexadecimal.
    var sha256: String
    /// Only where a checksum of this kind was to be compared.
    var sha512: String?

    /// Looks at a file and hashes it, from the cache where the file is known to be the same.
    ///
    /// Blocks on the disk.
    ///
    /// Cancelling the task ends it with an error.
    /// - Parameter isDisc: whether it is to be the CD of an installer.
    static func read(
        _ path: String, isDisc: Bool = false, needsSHA512: Bool, cache: DigestCache
    ) throws(FileError) -> LocalImage {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.last }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw FileError.last }
        guard information.st_mode & S_IFMT == S_IFREG else { throw FileError("it is not a regular file") }
        let check = ImageCheck(descriptor, path: path, length: UInt64(information.st_size))
        let virtualSize: Size?
        if isDisc {
            virtualSize = nil
            try check.requireDisc()
        } else {
            virtualSize = try check.virtualSize()
        }
        let identity = DigestCache.Identity(path: path)
        var digests = identity.flatMap { cache.digests(of: $0) } ?? DigestCache.Digests()
        if digests.sha256 == nil || (needsSHA512 && digests.sha512 == nil) {
            digests = try hash(descriptor, needsSHA512: needsSHA512)
            if let identity { cache.store(digests, of: identity) }
        }
        return LocalImage(
            byteCount: UInt64(information.st_size), virtualSize: virtualSize, sha256: digests.sha256 ?? "",
            sha512: digests.sha512)
    }

    private static func hash(_ descriptor: Int32, needsSHA512: Bool) throws(FileError) -> DigestCache.Digests {
        var sha256 = IncrementalHash(.sha256)
        var sha512 = IncrementalHash(.sha512)
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            guard !Task.isCancelled else { throw FileError("the run was interrupted") }
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError.last
            }
            if count == 0 { break }
            piece.withUnsafeBytes { buffer in
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                sha256.update(bytes)
                if needsSHA512 { sha512.update(bytes) }
            }
        }
        let long = sha512.finalize()
        return DigestCache.Digests(
            sha256: hexadecimal(sha256.finalize()), sha512: needsSHA512 ? hexadecimal(long) : nil)
    }
}

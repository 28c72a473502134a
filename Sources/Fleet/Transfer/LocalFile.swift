import Glibc

/// Files of this machine.
enum LocalFile {
    /// The size in bytes; nil where there is no such file.
    static func size(_ path: String) -> UInt64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UInt64(status.st_size)
    }
}

import Glibc

/// Files of this machine.
enum LocalFile {
    /// The size in bytes; nil where there is no such file.
    static func size(_ path: String) -> UInt64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UInt64(status.st_size)
    }

    /// Makes a file that only this user can read; the descriptor is closed by who asked.
    static func create(_ path: String) throws -> CInt {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StepProblem("\(path) cannot be created here (error \(errno))") }
        return descriptor
    }
}

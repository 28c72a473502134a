import Glibc

/// Temporary folders that are locked by their owners, so that left-overs are told from folders in use.
package enum FolderLock {
    /// Makes a folder that only this user can enter, and locks it.
    ///
    /// - Parameter template: its path, ending in `XXXXXX` as for mkdtemp.
    /// - Returns: its path, and a descriptor that holds the lock until the caller closes it.
    package static func make(_ template: String) throws -> (path: String, lock: Int32) {
        do throws(SystemFailure) { return try makeFolder(template) } catch { throw error }
    }

    static func makeFolder(_ template: String) throws(SystemFailure) -> (path: String, lock: CInt) {
        while true {
            var name = Array(template.utf8CString)
            guard mkdtemp(&name) != nil else { throw SystemFailure("mkdtemp") }
            let path = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard lock >= 0 else {
                // Somebody may have taken it for a left-over in the moment before it was locked.
                if errno == ENOENT { continue }
                throw SystemFailure("opening \(path)")
            }
            if flock(lock, LOCK_EX) == 0, isThere(path, lock) { return (path, lock) }
            close(lock)
        }
    }

    /// Runs `body` when nobody has the folder any more, and nobody else takes care of it.
    package static func whenLeft(_ path: String, _ body: () -> Void) {
        let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0 else { return }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0, isThere(path, lock) else { return }
        body()
    }

    /// Whether a path still leads to what is open.
    private static func isThere(_ path: String, _ descriptor: CInt) -> Bool {
        var (open, now) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && lstat(path, &now) == 0 && open.st_ino == now.st_ino
            && open.st_dev == now.st_dev
    }
}

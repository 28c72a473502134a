import Glibc

/// A folder only this user can look into, removed with what is in it when its owner lets go of it.
///
/// It is locked for as long as it has an owner, so that nobody takes it for a left-over: the owner's number would say
/// nothing to a process in another PID namespace.
struct PrivateFolder: ~Copyable {
    let path: String
    private let lock: Descriptor

    /// Makes `/tmp/kvmctl-socket-PID-XXXXXX` (or in TMPDIR, unless that is too long for a socket's address).
    init() throws(SystemFailure) {
        var parent = "/tmp"
        if let wanted = getenv("TMPDIR") {
            let wanted = String(cString: wanted)
            if wanted.hasPrefix("/"), wanted.utf8.count < 60 { parent = wanted }
        }
        let made = try FolderLock.makeFolder("\(parent)/kvmctl-socket-\(getpid())-XXXXXX")
        self.init(path: made.path, lock: Descriptor(made.lock))
    }

    private init(path: String, lock: consuming Descriptor) {
        self.path = path
        self.lock = lock
    }

    deinit {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink("\(path)/\(name)") }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}

import Glibc

/// How a process of tests ends that had sessions.
///
/// Threads of sessions that were dropped may still be letting go of them. OpenSSL's exit handler frees what they use, and a
/// thread that comes late crashes the process: so none of the handlers runs, as in kvmctl itself.
enum ProcessEnd {
    /// Whether the process ends so: from its first use on.
    static let isGuarded: Bool = {
        // Of all handlers the last one to be registered runs first; OpenSSL's was registered when libssh was loaded.
        let code = on_exit(
            { status, _ in
                fflush(nil)
                _exit(status)
            }, nil)
        return code == 0
    }()
}

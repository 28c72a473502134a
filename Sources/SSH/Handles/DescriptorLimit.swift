import Glibc
import Synchronization

/// How many files and sockets this process may have open.
///
/// A node takes three, for a session and the socket that its libvirt is reached through, and four for each connection
/// to that: this program's two ends and two that libvirt wakes itself with. Many systems allow 1,024 unless a program asks for more, and would allow it far more.
package enum DescriptorLimit {
    /// Enough for thousands of nodes, and few enough for programs that go through all they might have open.
    private static let wanted: rlim_t = 1 << 16

    private static let original = Mutex<rlimit?>(nil)
    private static let reached = Mutex(false)
    /// Given up for a moment where nothing else can be opened.
    private static let reserve = Mutex<CInt>(open("/dev/null", O_RDONLY | O_CLOEXEC))

    /// Raises the soft limit towards the hard one; more than once is fine.
    package static func raise() {
        _ = reserve.withLock { $0 }
        original.withLock { original in
            guard original == nil, let now = limit else { return }
            original = now
            var higher = now
            higher.rlim_cur = max(now.rlim_cur, min(now.rlim_max, wanted))
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &higher)
        }
    }

    /// Gives back the limit that this process was started with, for a program that takes its place.
    package static func restore() {
        original.withLock { original in
            guard var before = original else { return }
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
        }
    }

    /// How many may be open at once.
    package static var count: Int {
        limit.map { Int(clamping: $0.rlim_cur) } ?? 1024
    }

    /// Whether something could not be opened because of the limit, or could not now.
    package static var isReached: Bool {
        if reached.withLock({ $0 }) { return true }
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return false
        }
        return note(errno)
    }

    /// What to do when it is reached.
    package static var remedy: String {
        "kvmctl may open only \(count) files at once, too few for this many nodes: raise the limit "
            + "(ulimit -n 65536, or LimitNOFILE=65536 in a systemd unit), or split the spec."
    }

    /// Whether an errno means that the limit is reached, which is kept in mind.
    @discardableResult
    static func note(_ number: CInt) -> Bool {
        guard number == EMFILE || number == ENFILE else { return false }
        reached.withLock { $0 = true }
        return true
    }

    /// Takes a connection that nothing can be done with, and closes it: its client would else wait for ever.
    static func turnAway(_ listener: CInt) {
        reserve.withLock { reserve in
            if reserve >= 0 { close(reserve) }
            let socket = accept(listener, nil, nil)
            if socket >= 0 { close(socket) }
            reserve = open("/dev/null", O_RDONLY | O_CLOEXEC)
        }
    }

    private static var limit: rlimit? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
    }
}

import CLibssh
import Glibc

/// A libssh session and the counters it keeps, freed together on the thread that owns them.
///
/// Channels must be freed before, since freeing a session frees what is left of its channels.
struct SessionHandle: ~Copyable {
    let raw: ssh_session
    private let counter: UnsafeMutablePointer<ssh_counter_struct>

    init() throws(SystemFailure) {
        guard let raw = ssh_new() else { throw SystemFailure("ssh_new", ENOMEM) }
        self.raw = raw
        counter = .allocate(capacity: 1)
        counter.initialize(to: ssh_counter_struct())
        ssh_set_counters(raw, counter, nil)
    }

    deinit {
        ssh_set_counters(raw, nil, nil)
        ssh_free(raw)
        counter.deallocate()
    }

    /// How many bytes have come from the server so far: the sign of life.
    var receivedBytes: UInt64 { counter.pointee.in_bytes }

    /// libssh's words for the latest failure on this session.
    var lastError: String {
        guard let text = ssh_get_error(UnsafeMutableRawPointer(raw)) else { return "" }
        return String(cString: text)
    }

    /// Whether the link is still up as far as libssh knows.
    var isConnected: Bool { ssh_is_connected(raw) != 0 }

    /// Whether encrypted bytes wait for room in the socket.
    var hasUnsentBytes: Bool { ssh_get_poll_flags(raw) & SSH_WRITE_PENDING != 0 }

    /// Sets one textual option; false when libssh refuses the value.
    func set(_ option: ssh_options_e, _ value: String) -> Bool {
        value.withCString { ssh_options_set(raw, option, $0) } == 0
    }

    /// Sets one numeric option; false when libssh refuses the value.
    func set(_ option: ssh_options_e, _ value: CInt) -> Bool {
        withUnsafePointer(to: value) { ssh_options_set(raw, option, $0) } == 0
    }
}

import Glibc

/// An open file descriptor with one owner, closed when the owner lets go of it.
struct Descriptor: ~Copyable {
    let raw: CInt

    init(_ raw: CInt) { self.raw = raw }

    deinit { _ = Glibc.close(raw) }

    /// Gives the descriptor away unclosed; the receiver closes it.
    consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    /// Two connected stream sockets, both non-blocking.
    static func socketPair() throws(SystemFailure) -> (CInt, CInt) {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemFailure("socketpair") }
        return (ends[0], ends[1])
    }

    /// Makes reads and writes return at once when they would have to wait.
    static func setNonBlocking(_ raw: CInt) {
        let flags = fcntl(raw, F_GETFL)
        if flags >= 0, flags & O_NONBLOCK == 0 { _ = fcntl(raw, F_SETFL, flags | O_NONBLOCK) }
    }
}

/// A local system call that failed, with the errno it left.
struct SystemFailure: Error {
    let call: String
    let number: CInt

    /// Reads errno: to be made in the same breath as the failed call.
    init(_ call: String, _ number: CInt = errno) {
        self.call = call
        self.number = number
        DescriptorLimit.note(number)
    }
}

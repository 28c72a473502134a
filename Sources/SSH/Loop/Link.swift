import CLibssh
import Glibc

/// The established libssh session as its channels see it; used on the session's thread only.
final class Link {
    let handle: SessionHandle
    /// The server's socket, owned by libssh.
    let socket: CInt
    /// Set while libssh takes no data because keys are being exchanged; the next packet clears it.
    var isSendBlocked = false
    /// Whether an answer to a question without meaning may still be to come, or to be taken in.
    private var isProbePending = false
    private let event: ssh_event
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)

    init(_ handle: consuming SessionHandle) throws(SystemFailure) {
        guard let event = ssh_event_new() else { throw SystemFailure("ssh_event_new", ENOMEM) }
        self.event = event
        socket = ssh_get_fd(handle.raw)
        ssh_event_add_session(event, handle.raw)
        self.handle = handle
    }

    deinit {
        ssh_event_remove_session(event, handle.raw)
        ssh_event_free(event)
        scratch.deallocate()
    }

    /// Takes in and sends out what the socket allows now; false when the link is gone.
    ///
    /// libssh reads 4 KiB at a time, so it is asked until it finds nothing more, within a limit that keeps the loop fair.
    func exchange() -> Bool {
        for _ in 0..<128 {
            let code = ssh_event_dopoll(event, 0)
            if code == SSH_ERROR || !handle.isConnected { return false }
            if code == SSH_AGAIN { break }
        }
        return true
    }

    /// Asks for an answer to a question without meaning: any answer shows that the node is there.
    func probe() {
        // The first call takes in the answer to the question before, if there is one; the second asks.
        ssh_send_keepalive(handle.raw)
        ssh_send_keepalive(handle.raw)
        isProbePending = true
    }

    /// Takes in the answer to the last such question, which libssh would else give to the next request; false while none
    /// has come.
    func takeProbeAnswer() -> Bool {
        guard isProbePending else { return true }
        if ssh_send_keepalive(handle.raw) == SSH_AGAIN { return false }
        isProbePending = false
        return true
    }

    /// A buffer to read into, the same for all channels.
    func withScratch(_ body: (UnsafeMutableRawBufferPointer) -> Void) { body(scratch) }
}

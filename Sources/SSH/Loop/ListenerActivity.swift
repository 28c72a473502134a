import Glibc

/// Accepts connections on a local socket and gives each its own channel to a socket on the node.
final class ListenerActivity: Activity {
    private let listener: Descriptor
    /// Of a unix socket.
    private let folder: PrivateFolder?
    private let destination: Channel.Destination
    private var index: Int?
    private var isClosed = false

    init(
        _ listener: consuming Descriptor, in folder: consuming PrivateFolder? = nil,
        to destination: Channel.Destination
    ) {
        self.listener = listener
        self.folder = folder
        self.destination = destination
    }

    /// Accepts nothing more; connections that exist go on.
    func close() { isClosed = true }

    func prepare(_ interest: inout Interest) {
        if isClosed { interest.wakeNow() } else { index = interest.watch(listener.raw, POLLIN) }
    }

    func advance(_ loop: SessionLoop, _ interest: Interest) -> Bool {
        if isClosed { return true }
        while interest.events(at: index) & POLLIN != 0 {
            let socket = accept(listener.raw, nil, nil)
            guard socket >= 0 else {
                if DescriptorLimit.note(errno) { DescriptorLimit.turnAway(listener.raw) }
                break
            }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            Descriptor.setNonBlocking(socket)
            // A connection that cannot be forwarded is closed: that is all a local client can be told.
            if let connection = try? SocketActivity(
                Descriptor(socket), to: destination, on: loop.link, answer: { _ in }
            ) {
                loop.add(connection)
            }
        }
        return false
    }

    func abandon(_ error: SSHError) { isClosed = true }
}

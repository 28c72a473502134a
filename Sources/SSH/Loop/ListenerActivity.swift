import Glibc

/// Accepts connections on a local socket and gives each its own channel to a socket on the node.
final class ListenerActivity: Activity {
    private enum Listener: ~Copyable {
        case unix(ListeningSocket)
        case port(Descriptor)

        var raw: CInt {
            switch self {
            case .unix(let socket): socket.descriptor.raw
            case .port(let descriptor): descriptor.raw
            }
        }
    }

    private let listener: Listener
    private let destination: Channel.Destination
    private var index: Int?
    private var isClosed = false

    init(_ socket: consuming ListeningSocket, to destination: Channel.Destination) {
        listener = .unix(socket)
        self.destination = destination
    }

    init(port descriptor: consuming Descriptor, to destination: Channel.Destination) {
        listener = .port(descriptor)
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

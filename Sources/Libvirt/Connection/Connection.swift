import Blocking
import CLibvirt

/// One connection to one libvirt daemon, with a queue of its own.
///
/// Every method blocks this connection's queue, never Swift's pool, until libvirt has answered; calls on one connection
/// run one after the other. What takes long (an upload) or should not wait (observing many domains) belongs on a second
/// connection to the same node. A running call cannot be cancelled: keepalive bounds how long an unreachable node can hold it.
package actor Connection: CallTarget {
    /// The URI the connection was opened with.
    package nonisolated let uri: String
    private let executor: QueueExecutor
    private var handle: ConnectHandle?

    nonisolated var object: String { "connection \(uri)" }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private init(uri: String) {
        self.uri = uri
        executor = QueueExecutor(label: "libvirt \(uri)")
    }

    isolated deinit {
        handle = nil
    }

    /// Opens a connection, such as `qemu+unix:///system?socket=/path`.
    ///
    /// Blocks until the daemon has answered. Read-only connections go to the daemon's read-only socket, when the URI does
    /// not name a socket, and refuse whatever changes something.
    package static func open(_ uri: String, readOnly: Bool = false) async throws(LibvirtError) -> Connection {
        let connection = Connection(uri: uri)
        try await connection.connect(readOnly: readOnly)
        return connection
    }

    /// Opens outside `init`, which would run on the caller's thread and block the pool.
    private func connect(readOnly: Bool) throws(LibvirtError) {
        LibvirtLibrary.ready
        handle = try ConnectHandle(uri, readOnly: readOnly)
    }

    /// Closes the connection; a second close does nothing, every other call throws from now on.
    ///
    /// Without it the connection is closed when the last reference goes.
    package func close() {
        handle = nil
    }

    /// The open C connection, for the calls of this actor only.
    ///
    /// The pointer is not sendable, so it cannot leave the actor; nothing may keep it beyond the call.
    func raw() throws(LibvirtError) -> virConnectPtr {
        switch handle {
        case .some(let open): return open.raw
        case .none: throw .closed(uri)
        }
    }
}

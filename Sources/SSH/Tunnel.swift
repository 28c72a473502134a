/// A port on one machine's loopback whose connections arrive at a port of another's, until this is closed.
package final class Tunnel: Sendable {
    /// Where it begins, and unless another was asked for where it ends, too.
    package let port: Int
    private let end: @Sendable () -> Void
    /// Kept open for as long as this value is there.
    private let sessions: [Session]

    init(port: Int, over sessions: [Session], end: @escaping @Sendable () -> Void) {
        self.port = port
        self.sessions = sessions
        self.end = end
    }

    deinit { close() }

    /// Accepts nothing more; connections that exist go on.
    ///
    /// May be called again.
    package func close() { end() }
}

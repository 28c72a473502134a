/// A socket of a node, reachable here until this value is closed or dropped.
package final class Forwarding: Sendable {
    /// The local unix socket, in a folder that only this user can enter.
    package let path: String
    private let number: Int
    /// Kept open for as long as this value is there.
    private let session: Session

    init(path: Session.ForwardedPath, session: Session) {
        self.path = path.path
        number = path.number
        self.session = session
    }

    deinit { close() }

    /// Removes the local socket and its folder.
    ///
    /// Connections that exist go on. May be called again.
    package func close() {
        let number = number
        session.mailbox.post { delivery in
            if case .loop(let loop) = delivery { loop.closeListener(number) }
        }
    }
}

import CLibvirt

/// A counted reference to a connection, for calls on other threads or on another connection, as a migration makes.
///
/// `@unchecked Sendable`: it never changes, and libvirt's connections may be used from any thread (libvirt counts
/// references and locks by itself, and keeps errors per thread).
package final class ConnectReference: CallTarget, @unchecked Sendable {
    let raw: virConnectPtr

    var object: String { "the connection" }

    /// Takes a reference of its own.
    init(_ raw: virConnectPtr) {
        virConnectRef(raw)
        self.raw = raw
    }

    deinit {
        virConnectClose(raw)
    }
}

import CLibvirt

/// A counted reference to a connection that a call on another connection needs, as a migration does.
///
/// `@unchecked Sendable`: it never changes, and libvirt's connections may be used from any thread (libvirt counts
/// references and locks by itself, and keeps errors per thread).
package final class ConnectReference: @unchecked Sendable {
    let raw: virConnectPtr

    /// Takes a reference of its own.
    init(_ raw: virConnectPtr) {
        virConnectRef(raw)
        self.raw = raw
    }

    deinit {
        virConnectClose(raw)
    }
}

import CLibvirt

/// An open connection to a libvirt daemon or driver; closed when the owner lets go.
struct ConnectHandle: ~Copyable {
    let raw: virConnectPtr

    /// Opens the URI; blocks until the daemon has answered.
    init(_ uri: String, readOnly: Bool) throws(LibvirtError) {
        let call = readOnly ? "virConnectOpenReadOnly" : "virConnectOpen"
        guard let raw = readOnly ? virConnectOpenReadOnly(uri) : virConnectOpen(uri) else {
            throw .last(call, on: "connection \(uri)")
        }
        self.raw = raw
    }

    deinit {
        virConnectClose(raw)
    }
}

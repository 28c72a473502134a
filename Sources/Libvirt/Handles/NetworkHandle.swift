import CLibvirt
import FoundationEssentials

/// A network of an open connection; the reference is freed when the owner lets go, the network itself stays as it is.
struct NetworkHandle: ~Copyable, Handle {
    let raw: virNetworkPtr

    /// Takes over a network that a call returned.
    init(owning raw: virNetworkPtr) {
        self.raw = raw
    }

    deinit {
        virNetworkFree(raw)
    }

    var object: String { "network \(name)" }

    /// The name, known without asking the daemon.
    var name: String {
        virNetworkGetName(raw).map { String(cString: $0) } ?? ""
    }

    /// The UUID, known without asking the daemon.
    var uuid: UUID {
        UUID.reading { virNetworkGetUUID(raw, $0) }
    }
}

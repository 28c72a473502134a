import CLibvirt
import FoundationEssentials

/// A storage pool of an open connection; the reference is freed when the owner lets go, the pool itself stays as it is.
struct PoolHandle: ~Copyable, Handle {
    let raw: virStoragePoolPtr

    /// Takes over a pool that a call returned.
    init(owning raw: virStoragePoolPtr) {
        self.raw = raw
    }

    deinit {
        virStoragePoolFree(raw)
    }

    var object: String { "pool \(name)" }

    /// The name, known without asking the daemon.
    var name: String {
        virStoragePoolGetName(raw).map { String(cString: $0) } ?? ""
    }

    /// The UUID, known without asking the daemon.
    var uuid: UUID {
        UUID.reading { virStoragePoolGetUUID(raw, $0) }
    }
}

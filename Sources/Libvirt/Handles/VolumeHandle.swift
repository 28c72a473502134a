import CLibvirt

/// A storage volume of an open connection; the reference is freed when the owner lets go, the volume itself stays.
struct VolumeHandle: ~Copyable, Handle {
    let raw: virStorageVolPtr

    /// Takes over a volume that a call returned.
    init(owning raw: virStorageVolPtr) {
        self.raw = raw
    }

    deinit {
        virStorageVolFree(raw)
    }

    var object: String { "volume \(name)" }

    /// The name within its pool, known without asking the daemon.
    var name: String {
        virStorageVolGetName(raw).map { String(cString: $0) } ?? ""
    }
}

import CLibvirt

/// A snapshot of a domain of an open connection; the reference is freed when the owner lets go, the snapshot stays.
struct SnapshotHandle: ~Copyable, Handle {
    let raw: virDomainSnapshotPtr

    /// Takes over a snapshot that a call returned.
    init(owning raw: virDomainSnapshotPtr) {
        self.raw = raw
    }

    deinit {
        virDomainSnapshotFree(raw)
    }

    var object: String { "snapshot \(name)" }

    /// The name, known without asking the daemon.
    var name: String {
        virDomainSnapshotGetName(raw).map { String(cString: $0) } ?? ""
    }
}

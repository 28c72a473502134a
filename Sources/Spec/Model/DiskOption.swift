/// How a guest has a disk, where that is not left to kvmctl.
package enum DiskOption: String, Sendable, Hashable, CaseIterable {
    case bus, cache, io, discard, readonly

    /// The words that it can be, libvirt's own.
    package var values: [String] {
        switch self {
        case .bus: ["virtio", "scsi", "sata"]
        case .cache: ["none", "writeback", "writethrough", "directsync", "unsafe"]
        case .io: ["native", "threads", "io_uring"]
        case .discard: ["unmap", "ignore"]
        case .readonly: ["true", "false"]
        }
    }

    /// Where a root disk has it in the spec.
    ///
    /// A root disk is never `readonly`.
    package var rootPath: String { "rootDisk.\(rawValue)" }

    /// The word for a disk of which nothing is said.
    package var usual: String {
        switch self {
        case .bus: "virtio"
        // QEMU's own.
        case .cache, .io: "default"
        case .discard: "unmap"
        case .readonly: "false"
        }
    }
}

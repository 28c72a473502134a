/// The processors that a guest's system is for, by the word of `uname -m`.
package enum Architecture: String, Sendable, Hashable, CaseIterable {
    case x86_64, aarch64

    /// The machine that QEMU makes for guests of these, and the beginning of the names of its versions.
    package var machine: (name: String, versions: String) {
        switch self {
        case .x86_64: ("q35", "pc-q35-")
        case .aarch64: ("virt", "virt-")
        }
    }

    /// Whether a running guest can be given vCPUs and memory: QEMU's machine for aarch64 takes none later.
    package var growsWhileRunning: Bool { self == .x86_64 }

    /// The bus of CD drives: QEMU's machine for aarch64 has no SATA.
    package var discBus: String { self == .x86_64 ? "sata" : "scsi" }
}

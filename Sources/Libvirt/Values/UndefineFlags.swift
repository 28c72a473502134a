import CLibvirt

/// What goes with a domain's definition (`virDomainUndefineFlagsValues`); without its flag, what is there makes libvirt refuse.
package struct UndefineFlags: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The saved memory of a managed save.
    package static let managedSave = Self(rawValue: VIR_DOMAIN_UNDEFINE_MANAGED_SAVE.rawValue)
    /// libvirt's record of snapshots; their data stays in the disks.
    package static let snapshotsMetadata = Self(rawValue: VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA.rawValue)
    /// libvirt's record of checkpoints.
    package static let checkpointsMetadata = Self(rawValue: VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA.rawValue)
    /// The firmware's variables.
    package static let nvram = Self(rawValue: VIR_DOMAIN_UNDEFINE_NVRAM.rawValue)
    /// Keeps the firmware's variables; excludes `nvram`.
    package static let keepNVRAM = Self(rawValue: VIR_DOMAIN_UNDEFINE_KEEP_NVRAM.rawValue)
    /// Keeps the state of an emulated TPM, which otherwise goes; libvirt 8.9 or newer.
    package static let keepTPM = Self(rawValue: VIR_DOMAIN_UNDEFINE_KEEP_TPM.rawValue)
}

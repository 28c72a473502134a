import CLibvirt

/// How a snapshot is taken (`virDomainSnapshotCreateFlags`).
package struct SnapshotFlags: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Nothing is taken: libvirt is told of one that is there.
    package static let redefined = Self(rawValue: VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE.rawValue)
    /// The disks alone: of a running domain that means new files over the old ones.
    package static let diskOnly = Self(rawValue: VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY.rawValue)
    /// Of all disks or of none.
    package static let atomic = Self(rawValue: VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC.rawValue)
    /// With what the guest has not written yet, through its agent; fails where that does not answer.
    package static let quiesced = Self(rawValue: VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE.rawValue)
}

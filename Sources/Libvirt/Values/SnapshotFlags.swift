import CLibvirt

/// How a snapshot is taken (`virDomainSnapshotCreateFlags`).
package struct SnapshotFlags: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Nothing is taken: libvirt is told of one that is there.
    package static let redefined = Self(rawValue: VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE.rawValue)
    /// Of all disks or of none.
    package static let atomic = Self(rawValue: VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC.rawValue)
}

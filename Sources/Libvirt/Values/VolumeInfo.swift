import CLibvirt

/// How large a volume is right now.
package struct VolumeInfo: Equatable, Sendable {
    package let kind: Kind
    /// Bytes the guest sees.
    package let capacity: UInt64
    /// Bytes used on the node.
    package let allocation: UInt64

    /// What a volume is on the node (`virStorageVolType`).
    package enum Kind: Int32, Sendable {
        case file = 0
        case block = 1
        case directory = 2
        case network = 3
        case networkDirectory = 4
        case ploop = 5
    }

    init(_ info: virStorageVolInfo) {
        kind = Kind(rawValue: info.type) ?? .file
        capacity = info.capacity
        allocation = info.allocation
    }
}

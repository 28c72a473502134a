import CLibvirt
package import FoundationEssentials

/// A storage pool as one look at it found it.
package struct PoolSnapshot: Equatable, Sendable {
    package let uuid: UUID
    package let name: String
    package let state: State
    package let autostart: Bool
    /// Bytes of the storage below the pool, as of its last refresh; 0 for a pool that is not running.
    package let capacity: UInt64
    /// Bytes in use on it, by anybody.
    package let allocation: UInt64
    /// Bytes free on it.
    package let available: UInt64
    package let xml: String

    /// What a pool is doing (`virStoragePoolState`).
    package enum State: UInt32, Sendable {
        case inactive = 0
        case building = 1
        case running = 2
        case degraded = 3
        case inaccessible = 4
    }

    init(_ info: virStoragePoolInfo, uuid: UUID, name: String, autostart: Bool, xml: String) {
        self.uuid = uuid
        self.name = name
        state = State(rawValue: UInt32(info.state)) ?? .inaccessible
        self.autostart = autostart
        capacity = info.capacity
        allocation = info.allocation
        available = info.available
        self.xml = xml
    }
}

/// How far a running migration is; amounts are bytes, of memory and disks together.
package struct MigrationProgress: Sendable, Equatable {
    package var processed: UInt64 = 0
    package var remaining: UInt64 = 0
    package var total: UInt64 = 0
    /// Bytes per second of memory, as QEMU measures it; 0 where it says nothing.
    package var memoryRate: UInt64 = 0
    /// The same of disks.
    package var diskRate: UInt64 = 0
    /// How often memory was gone through; each time for what the guest dirtied in between.
    package var iteration: UInt64 = 0
    /// The expected pause, in milliseconds.
    package var downtime: UInt64?
    /// How much the guest is slowed down, in percent.
    package var slowdown: Int = 0

    package init() {}
}

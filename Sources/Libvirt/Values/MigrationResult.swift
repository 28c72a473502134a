/// What a migration that has ended took.
package struct MigrationResult: Sendable, Equatable {
    /// Bytes of memory and disks together.
    package var processed: UInt64
    /// The guest's downtime in milliseconds.
    package var downtime: UInt64?
}

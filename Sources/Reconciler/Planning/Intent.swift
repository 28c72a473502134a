/// What the user asked for.
package enum Intent: Sendable, Hashable {
    /// Make the fleet match; data disks whose instance is gone are deleted only with `deleteData`.
    case apply(deleteData: Bool)
    /// Remove everything of the run's parts.
    case destroy(deleteData: Bool)
}

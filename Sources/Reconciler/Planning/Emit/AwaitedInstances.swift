import Spec

/// The instances that a change of a role waits for.
struct AwaitedInstances {
    /// Those that must be back, else it is not made.
    var required: [Name] = []
    /// Those of which all that this plan does must have ended, however it ended.
    var ended: [Name] = []
}

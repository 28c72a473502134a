import Spec

/// What an earlier trial means for comparing an instance with its spec.
struct TrialHistory {
    /// The trial that was rolled back and is still what the spec asks for, and whose it was.
    var failed: (trial: ChangeTrial, member: Name)?
    /// Fields that are not compared: they are tried now, or were and failed.
    var skipped: [String] = []
    /// Whether the instance's own record is of something that the spec does not ask for any more.
    var isStale = false
}

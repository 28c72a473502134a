import Spec

/// A member that goes, or stops, when a list of others does not have it any more.
struct Departure {
    let consumer: Consumer
    let member: Member
    /// What it is called in the spec, or was.
    let instance: Name
    /// The first step that takes it away.
    let step: StepID
    /// The step that changes the list.
    let change: StepID
}

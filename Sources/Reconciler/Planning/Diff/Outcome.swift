/// What is decided about an instance that is there.
enum Outcome {
    /// It is updated, if there is anything to do.
    case update(InstanceUpdate)
    /// It differs, and nothing is done now, with the reason.
    case postponed(Change)
    /// It is left alone, because of what must not be done.
    case refused([Plan.Refusal])
}

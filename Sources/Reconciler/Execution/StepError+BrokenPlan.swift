/// The errors of steps that no plan should hold: the checker refuses such a plan before anything is carried out.
extension StepError {
    /// The error of a step whose name an earlier one has.
    static func duplicate(_ step: Step) -> StepError {
        StepError("cannot carry out \(step.id)", causes: ["internal error: the plan has two steps with this ID"])
    }

    /// The error of a step that waits for one that is not there.
    static func missing(_ id: StepID, for step: Step) -> StepError {
        StepError(
            "cannot carry out \(step.id)", causes: ["internal error: it depends on \(id), which is not in the plan"])
    }

    /// The error of a step that can never begin, because what it waits for waits for it.
    static func cycle(_ step: Step) -> StepError {
        StepError(
            "cannot carry out \(step.id)",
            causes: ["internal error: the plan's steps form a cycle, and this step is in it or depends on it"])
    }
}

/// What all stages have decided.
struct Decisions: OutcomeReading {
    let index: FleetIndex
    let classification: Classification
    let assignments: Assignments
    let identities: Identities
    let outcomes: Outcomes
}

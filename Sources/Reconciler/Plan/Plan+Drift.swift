extension Change {
    /// The part of it that answers what was changed behind kvmctl's back; nil where all of it was wanted in the spec.
    var drift: Change? {
        guard !fields.isEmpty else { return origin == .drift ? self : nil }
        var drift = self
        drift.fields = fields.filter { $0.origin == .drift }
        return drift.fields.isEmpty ? nil : drift
    }
}

extension Plan {
    /// The plan with nothing but drift, to be looked at: it has no steps.
    ///
    /// What is refused, unreachable or worth a note stays, since it may be drift as well.
    package var driftAlone: Plan {
        var plan = self
        plan.changes = []
        var places: [ObjectReference: Int] = [:]
        // What drifted stands once, whatever it takes to put it right.
        for change in changes.compactMap(\.drift) {
            guard let place = places[change.object] else {
                places[change.object] = plan.changes.count
                plan.changes.append(change)
                continue
            }
            if !plan.changes[place].reason.contains(change.reason) {
                plan.changes[place].reason += "; \(change.reason)"
            }
            plan.changes[place].fields += change.fields
            plan.changes[place].details += change.details
        }
        plan.steps = []
        return plan
    }
}

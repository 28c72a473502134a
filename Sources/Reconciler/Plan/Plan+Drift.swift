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
    /// What is refused, silent or worth a note stays, since it may be drift as well.
    package var driftAlone: Plan {
        var plan = self
        plan.changes = changes.compactMap(\.drift)
        plan.steps = []
        return plan
    }
}

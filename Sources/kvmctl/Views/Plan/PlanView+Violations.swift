import Reconciler

extension PlanView {
    /// Says that a plan is defective; nothing where it is not.
    static func lines(about violations: [Violation]) -> [Line] {
        guard !violations.isEmpty else { return [] }
        return [
            Line([
                Span("error: ", .alarm),
                Span("internal error: the safety check rejected this plan; nothing was changed"),
            ])
        ] + violations.map { Line($0.description, indent: 4) } + [Line("please report it with the spec", indent: 4)]
    }
}

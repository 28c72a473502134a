import Reconciler

extension InstanceMove {
    /// What a stage does to what, for the first line of an error.
    func purpose(of stage: Stage) -> String {
        switch stage {
        case .begin: "marking the domain \(name) as moving to \(to)"
        case .prepare: "preparing for the domain \(name) from \(from)"
        case .migrate: "migrating the domain \(name) to \(to)"
        case .resume: "having the domain \(name) on \(to) fetch the rest of its memory"
        case .relocate: "bringing the stopped domain \(name) from \(from)"
        case .leave: "removing what the domain \(name) left behind"
        case .finish: "marking the domain \(name) as arrived"
        case .discard: "removing what a given-up move of the domain \(name) made"
        case .forget: "marking the domain \(name) as staying"
        }
    }
}

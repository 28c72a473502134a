import Reconciler

extension InstanceMove {
    /// What a stage does, as one says it in a list.
    func words(of stage: Stage) -> String {
        switch stage {
        case .begin: "mark \(name) as moving to \(to)"
        case .prepare: "prepare for \(name) from \(from)"
        case .migrate: "migrate \(name) to \(to)"
        case .resume: "have \(name) on \(to) fetch the rest of its memory"
        case .relocate: "bring stopped \(name) from \(from)"
        case .leave: "remove what \(name) left behind"
        case .finish: "mark \(name) as arrived"
        case .discard: "remove what a given-up move of \(name) made"
        case .forget: "mark \(name) as staying"
        }
    }
}

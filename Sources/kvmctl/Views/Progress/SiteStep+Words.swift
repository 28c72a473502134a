import Reconciler
import Spec

extension SiteStep {
    /// What is done, as one says it in a list.
    var words: String {
        switch action {
        case .deploy(let deployment):
            "serve \(deployment.commit.prefix(7)) \"\(deployment.subject)\" as \(role) on \(name)"
        case .rollBack(let commit, _):
            "bring \(role) on \(name) back to \(commit.map { $0.prefix(7) } ?? "the commit before")"
        case .remove: "stop serving \(role) on \(name)"
        }
    }

    /// Its name for programs.
    var operationName: String {
        switch action {
        case .deploy: "deploySite"
        case .rollBack: "rollBackSite"
        case .remove: "removeSite"
        }
    }
}

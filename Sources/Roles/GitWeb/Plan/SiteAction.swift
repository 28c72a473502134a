package import Reconciler
package import Spec

/// One change of a website in its guest.
package enum SiteAction: RoleAction {
    case deploy(SiteDeployment)
    /// Goes back to a commit that is in the guest; nil for the one served before.
    case rollBack(to: String?, site: GitWebRole)
    /// Stops serving and removes what the role made.
    case remove

    package var secrets: [Secret] {
        switch self {
        case .deploy(let deployment): deployment.site.tls.map { [$0.certificate, $0.key] } ?? []
        case .rollBack, .remove: []
        }
    }

    /// What was up keeps serving but for its turn.
    package var isInterrupting: Bool {
        switch self {
        case .deploy(let deployment): !deployment.isAfterBoot && deployment.previous != nil
        case .rollBack, .remove: false
        }
    }

    package var isClearing: Bool { self == .remove }

    package func words(role: Name, on name: String) -> OperationWords {
        switch self {
        case .deploy(let deployment):
            OperationWords(
                "deploySite", "serve \(deployment.commit.prefix(7)) \"\(deployment.subject)\" as \(role) on \(name)",
                purpose: "serving \(deployment.commit.prefix(7)) as \(role) on \(name)", isLong: true)
        case .rollBack(let commit, _):
            OperationWords(
                "rollBackSite",
                "roll \(role) on \(name) back to \(commit.map { $0.prefix(7) } ?? "the previous commit")",
                purpose: "rolling \(role) on \(name) back", isLong: true)
        case .remove:
            OperationWords(
                "removeSite", "stop serving \(role) on \(name)", purpose: "removing the website \(role) from \(name)",
                isLong: true)
        }
    }
}

import Roles
package import Spec

extension SiteStep: StepOperation {
    package var words: OperationWords {
        switch action {
        case .deploy(let deployment):
            OperationWords(
                "deploySite", "serve \(deployment.commit.prefix(7)) \"\(deployment.subject)\" as \(role) on \(name)",
                purpose: "serving \(deployment.commit.prefix(7)) as \(role) on \(name)", isLong: true)
        case .rollBack(let commit, _):
            OperationWords(
                "rollBackSite",
                "bring \(role) on \(name) back to \(commit.map { $0.prefix(7) } ?? "the commit before")",
                purpose: "bringing \(role) on \(name) back", isLong: true)
        case .remove:
            OperationWords(
                "removeSite", "stop serving \(role) on \(name)", purpose: "removing the website \(role) from \(name)",
                isLong: true)
        }
    }

    package var domain: UniqueID? { uuid }
    package var network: UniqueID? { nil }

    package var secrets: [Secret] {
        switch action {
        case .deploy(let deployment): deployment.site.tls.map { [$0.certificate, $0.key] } ?? []
        case .rollBack, .remove: []
        }
    }

    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool { false }
}

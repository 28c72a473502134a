import Reconciler
import Roles
import Spec

extension FakeNode {
    /// Serves what a step says, as far as a guest in memory can.
    mutating func change(_ step: RoleStep, of cluster: ClusterIdentity) throws(StepError) -> StepResult {
        guard let domain = domains[step.uuid] else { throw StepError("no domain with matching uuid '\(step.uuid)'") }
        try checkOwner(domain, of: cluster)
        guard domain.power == .running else { throw StepError("\(domain.name) does not run") }
        var sites: [Name: ObservedSite] = [:]
        if case .known(let known)? = domain.sites { sites = known }
        switch step.action(of: GitWeb.self) {
        case .deploy(let deployment):
            let site = deployment.site
            if !deployment.isAfterBoot, sites[step.role]?.commit != deployment.previous {
                return .skipped("it now serves something else")
            }
            sites[step.role] = ObservedSite(
                repo: site.repo, ref: site.ref, commit: deployment.commit, subject: deployment.subject,
                path: site.path, port: site.port, build: site.buildDigest, certificate: deployment.certificate,
                kept: [deployment.commit])
        case .rollBack(let commit, _):
            guard let commit else { throw StepError("a fake guest keeps no commits") }
            sites[step.role]?.commit = commit
        case .remove: sites[step.role] = nil
        case nil: throw StepError("a fake guest has no role \(step.kind.key)")
        }
        let after = sites
        return try changeDomain(step.uuid, of: cluster) { $0.sites = .known(after) }
    }
}

import Roles
import Spec

extension PlanChecker {
    /// A website gets the commit that its ref leads to or that it has, and the members of a group one after the other.
    static func checkSites(_ evidence: Evidence) -> [Violation] {
        var found: [Violation] = []
        var rolling: [Name: [Int]] = [:]
        for (index, step) in evidence.plan.steps.enumerated() {
            guard case .role(let change) = step.operation, case .deploy(let deployment) = change.action else {
                continue
            }
            guard let name = Name(step.object.name), let instance = evidence.cluster.instances[name],
                let site = instance.roles[change.role]?.value(of: GitWeb.self), site == deployment.site
            else {
                found.append(Violation(.site, step.id, "the spec has no such role"))
                continue
            }
            let domain = evidence.domains[Evidence.Place(node: step.node, uuid: change.uuid)]
            var allowed: Set<String> = []
            if case .commit(let commit)? = evidence.fleet.repositories[GitSource(site)] { allowed.insert(commit.hash) }
            if case .known(let sites)? = domain?.sites, let served = sites[change.role] {
                allowed.insert(served.commit)
            }
            if !allowed.contains(deployment.commit) {
                found.append(Violation(.site, step.id, "\(site.ref) does not lead to \(deployment.commit)"))
            }
            // What was up keeps serving but for its turn.
            guard let group = instance.group, !deployment.isAfterBoot, deployment.previous != nil else { continue }
            let others = rolling[group, default: []].filter { evidence.plan.steps[$0].object != step.object }
            let window = max(1, instance.changes.maxUnavailable)
            if others.count >= window {
                let waited = Set(step.requires)
                let isWaiting = others.suffix(window).contains { other in
                    waited.contains(evidence.plan.steps[other].id)
                }
                if !isWaiting { found.append(Violation(.site, step.id, "too many of \(group) would be away at once")) }
            }
            rolling[group, default: []].append(index)
        }
        return found
    }
}

package import Fleet
package import Reconciler
package import Spec

/// How websites are looked at and changed.
package enum GitWebDriver: RoleDriver {
    package typealias Kind = GitWeb

    package static func observe(
        _ wanted: [Name: GitWebRole], in guest: RoleGuest
    ) async throws -> [Name: ObservedSite] {
        guard let outcome = try await guest.channel.run(SiteScripts.read(), timeout: .seconds(20)) else {
            throw StepProblem("its guest agent does not run commands")
        }
        guard outcome.exitCode == 0 else { throw StepProblem(outcome.words) }
        return SiteReading.sites(outcome.output)
    }

    package static func perform(
        _ action: SiteAction, of role: Name, in guest: RoleGuest,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let node = SiteNode(context: guest.node)
        let site = SiteGuest(role: role, name: guest.name, channel: guest.channel)
        switch action {
        case .deploy(let deployment):
            return try await node.deploy(deployment, site, in: guest, report)
        case .rollBack(let commit, let wanted):
            return try await node.rollBack(to: commit, wanted, site, in: guest, report)
        case .remove:
            try await site.run("stopping the website \(role)", SiteScripts.remove(role: role.text))
            return .done
        }
    }

    package static func answers(
        about seen: [Name: NodeObservation], of spec: Cluster, on nodes: [Name: NodeContext]
    ) async -> [GitSource: GitAnswer] {
        await GitWebDriver.resolve(seen, of: spec, on: nodes)
    }

    package static func trying(
        _ seen: ObservedNode, of spec: Cluster, on node: NodeContext
    ) async -> ObservedNode? {
        await SiteNode(context: node).askingSites(seen, of: spec)
    }
}

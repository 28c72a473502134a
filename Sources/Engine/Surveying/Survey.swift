package import Reconciler
import Spec

/// Looks at a fleet.
///
/// Nothing else makes an `ObservedFleet`, so that whoever has one knows what was asked for it.
package enum Survey {
    /// What the nodes have, for lists and for changes that were asked for by name; repositories are not asked.
    ///
    /// - Parameter trial: whose roles are tried, as a website is asked for its page.
    package static func inventory(on session: any FleetSession, trying trial: RoleTrial = .none) async -> ObservedFleet
    {
        let nodes = await session.observe()
        switch trial {
        case .none: return ObservedFleet(nodes: nodes)
        case .all: return ObservedFleet(nodes: await session.tryingRoles(nodes, of: nil))
        case .kind(let kind): return ObservedFleet(nodes: await session.tryingRoles(nodes, of: kind))
        }
    }

    /// Everything that a plan depends on: also what has to be known from outside guests for their roles, the bytes of base images, and the paths of
    /// the moves that come of it, until no new one does; changes nothing.
    ///
    /// What is found on a path can make a migration impossible, and another node the better one: hence the turns, of which a
    /// fleet without moves has none.
    package static func forPlanning(_ planning: Planning, on session: any FleetSession) async -> ObservedFleet {
        let nodes = await session.observe()
        var fleet = ObservedFleet(nodes: nodes, remembered: planning.rosterCopy.roster)
        fleet.answers = await session.answers(for: nodes)
        await learnImages(&fleet, for: planning, from: session)
        for _ in 0..<mostTurns {
            guard !Task.isCancelled else { break }
            let moves = planning.draft(fleet).beginningMoves.filter { fleet.routes[$0.path] == nil }
            guard !moves.isEmpty else { break }
            let found = await session.look(at: moves)
            guard !found.isEmpty else { break }
            fleet.routes.merge(found) { _, new in new }
        }
        return fleet
    }

    /// Finds out whether base images that have another name than the spec's have its bytes all the same.
    ///
    /// Where no image changed, nothing is asked; and what was asked once, nodes tell from then on when they are looked at.
    private static func learnImages(
        _ fleet: inout ObservedFleet, for planning: Planning, from session: any FleetSession
    ) async {
        guard case .apply = planning.intent else { return }
        let questions = ImageQuestion.all(planning.cluster, inputs: planning.inputs, fleet: fleet)
        guard !questions.isEmpty else { return }
        for (image, digest) in await session.hash(questions) {
            guard case .answered(var node)? = fleet.nodes[image.node] else { continue }
            node.imageDigests[image.path, default: []].insert(digest)
            fleet.nodes[image.node] = .answered(node)
        }
    }

    /// More would mean that each answer makes other moves.
    private static let mostTurns = 4
}

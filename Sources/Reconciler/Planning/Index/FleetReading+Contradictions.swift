import Spec

extension FleetReading {
    /// The node that cannot be asked on which the roster has an instance that is off where it was seen, and not migrating.
    ///
    /// A run writes down where it saw the instance, and which node it could not ask: so the next one waits as well. What was
    /// seen running somebody brought there.
    func contradiction(_ owned: OwnedDomain) -> Name? {
        guard owned.domain.power != .running, owned.mark.move == nil, let entry = remembered(owned) else { return nil }
        let ends = [entry.node, entry.alsoOn].compactMap(\.self)
        // Where it was moving to or from, its mark says that the move has ended.
        guard entry.doubt == .disputed || !ends.contains(owned.node) else { return nil }
        return ends.first { $0 != owned.node && (unreachable.contains($0) || isGone($0)) }
    }

    /// Whether a node left the spec.
    func isGone(_ node: Name) -> Bool { cluster.nodes[node] == nil }

    /// What the newest roster has of an instance that was seen, under its name or the one that it gets in this plan.
    func remembered(_ owned: OwnedDomain) -> Roster.Entry? {
        let name = owned.mark.instance
        return history.instances[name] ?? renamed[name].flatMap { history.instances[$0] }
    }
}

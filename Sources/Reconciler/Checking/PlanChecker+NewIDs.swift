import Spec

extension PlanChecker {
    /// The fleet with rosters that call each machine by the machine-id that it has now, where it is surely the one on record.
    ///
    /// That is one for which libvirt has the UUID on record, which no other node has, as none has the new machine-id; and
    /// which has a roster, and one at least of the instances on record there. Any other stays another machine.
    static func knowingNewIDs(_ fleet: ObservedFleet, of identity: ClusterIdentity) -> ObservedFleet {
        var answers: [ObservedNode] = []
        for case .answered(let node) in fleet.nodes.values { answers.append(node) }
        let rosters = answers.compactMap(\.roster).filter { $0.cluster == identity }
        guard let newest = rosters.max(by: { $0.age < $1.age }) else { return fleet }
        let renamed = answers.filter { node in
            guard let known = newest.nodes[node.name], known.machine != nil, known.machine != node.machine else {
                return false
            }
            return isSame(node, known, newest, answers, identity)
        }
        guard !renamed.isEmpty else { return fleet }
        var fleet = fleet
        for var node in answers where node.roster?.cluster == identity {
            for other in renamed { node.roster?.nodes[other.name]?.machine = other.machine }
            fleet.nodes[node.name] = .answered(node)
        }
        return fleet
    }

    private static func isSame(
        _ node: ObservedNode, _ known: Roster.Member, _ roster: Roster, _ answers: [ObservedNode],
        _ identity: ClusterIdentity
    ) -> Bool {
        guard let host = known.host, node.host == host, node.roster?.cluster == identity else { return false }
        let onRecord = roster.nodes.filter { $0.key != node.name }.values.map { ($0.machine, $0.host) }
        let others = answers.filter { $0.name != node.name }.map { ($0.machine as String?, $0.host) }
        guard !(onRecord + others).contains(where: { $0 == node.machine || $1 == host }) else { return false }
        let held = roster.instances.values.filter { $0.node == node.name && $0.alsoOn == nil }
        return held.isEmpty
            || held.contains { entry in
                node.domains.contains { $0.uuid == entry.uuid && Evidence.owns(identity, $0) }
            }
    }
}

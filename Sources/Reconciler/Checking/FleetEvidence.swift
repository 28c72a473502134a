import Spec

/// What the nodes that answered have and remember, arranged for `Evidence`.
struct FleetEvidence {
    var nodes: [Name: ObservedNode] = [:]
    var domains: [Evidence.Place: ObservedDomain] = [:]
    var networks: [Evidence.Place: ObservedNetwork] = [:]
    var seen: [Name: [Evidence.Place]] = [:]
    var roster: Roster?
    var keptDisks: Set<Roster.KeptDisk> = []
    /// Nodes that were not seen and of which any roster says that they have an instance, by instance.
    private var holders: [Name: Set<Name>] = [:]

    init(_ fleet: ObservedFleet, of cluster: Cluster, _ identity: ClusterIdentity) {
        var last: Roster?
        for (name, observation) in fleet.nodes.inOrder() {
            guard case .answered(let node) = observation else { continue }
            add(node, name, identity)
            guard let found = node.roster, found.cluster == identity else { continue }
            if found.age > roster?.age ?? .min { roster = found }
            // Nodes mostly have the same roster: it is read once.
            guard found != last else { continue }
            last = found
            keptDisks.formUnion(found.keptDisks)
            addHolders(found, fleet, cluster)
        }
    }

    private mutating func add(_ node: ObservedNode, _ name: Name, _ identity: ClusterIdentity) {
        nodes[name] = node
        for domain in node.domains {
            let place = Evidence.Place(node: name, uuid: domain.uuid)
            domains[place] = domain
            if Evidence.owns(identity, domain), let mark = domain.mark {
                seen[mark.instance, default: []].append(place)
            }
        }
        for network in node.networks { networks[Evidence.Place(node: name, uuid: network.uuid)] = network }
    }

    private mutating func addHolders(_ roster: Roster, _ fleet: ObservedFleet, _ cluster: Cluster) {
        for (instance, entry) in roster.instances {
            for holder in [entry.node, entry.alsoOn].compactMap(\.self) {
                if case .answered = fleet.nodes[holder] { continue }
                guard cluster.nodes[holder]?.state != .lost else { continue }
                holders[instance, default: []].insert(holder)
            }
        }
    }

    /// Nodes that may hold an instance unseen; the newest roster lists a node until a run found that it left the spec empty.
    func witnesses(in cluster: Cluster) -> [Name: Set<Name>] {
        holders.mapValues { holders in
            holders.filter { cluster.nodes[$0] != nil || roster?.nodes[$0] != nil }
        }.filter { !$0.value.isEmpty }
    }
}

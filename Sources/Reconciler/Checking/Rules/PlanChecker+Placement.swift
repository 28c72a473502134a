import Spec

extension PlanChecker {
    /// The members of groups in which anybody is to be apart or together.
    private static func groupsWithRules(_ cluster: Cluster) -> [Name: [Instance]] {
        let ruled = cluster.instances.values.lazy.filter { $0.placement.keepsApart || $0.placement.together != nil }
        let groups = Set(ruled.map { $0.group ?? $0.name })
        return Dictionary(grouping: cluster.instances.values.lazy.filter { groups.contains($0.group ?? $0.name) }) {
            $0.group ?? $0.name
        }
    }

    /// A new instance is where its pin, its labels and the other members of its group let it be.
    static func checkPlacement(_ evidence: Evidence) -> [Violation] {
        let homes = finalHomes(evidence)
        let groups = groupsWithRules(evidence.cluster)
        return evidence.steps(where: \.isDefinition).flatMap { _, step -> [Violation] in
            guard case .domain(.define(let definition)) = step.operation,
                evidence.seen[definition.mark.instance] == nil,
                let instance = evidence.cluster.instances[definition.mark.instance],
                let node = evidence.cluster.nodes[step.node]
            else { return [] }
            var found: [Violation] = []
            if let pin = instance.node, pin != step.node {
                found.append(Violation(.placement, step.id, "it is pinned to \(pin)"))
            }
            for (label, value) in instance.placement.where.sorted(by: { $0.key < $1.key })
            where node.labels[label] != value {
                found.append(Violation(.placement, step.id, "the node does not have the label \(label): \(value)"))
            }
            guard instance.placement.keepsApart || instance.placement.together != nil else { return found }
            let members = (groups[instance.group ?? instance.name] ?? []).filter { $0.name != instance.name }
            let others = members.compactMap { homes[$0.name] }.compactMap { evidence.cluster.nodes[$0] }
            if let spread = instance.placement.spread, others.contains(where: { isSame(spread, $0, node) }) {
                found.append(Violation(.placement, step.id, "the node already runs another member (spread)"))
            }
            if let most = instance.placement.perNode, others.count(where: { $0.name == node.name }) >= most {
                found.append(Violation(.placement, step.id, "the node already runs \(most) other members (perNode)"))
            }
            // The pin of a member says where the group is to be, though that one may not be there yet.
            let pins = (groups[instance.group ?? instance.name] ?? []).compactMap(\.node)
            // A member that is still on a node in maintenance, and has to leave it, follows later.
            let staying = members.filter { !isToLeave($0, homes, evidence) }
                .compactMap { homes[$0.name] }.compactMap { evidence.cluster.nodes[$0] }
            let company = staying + pins.compactMap { evidence.cluster.nodes[$0] }
            if let together = instance.placement.together, instance.node == nil, !staying.isEmpty,
                !company.contains(where: { isSame(together, $0, node) })
            {
                found.append(Violation(.placement, step.id, "the node runs no other member (together)"))
            }
            return found
        }
    }

    private static func isToLeave(_ member: Instance, _ homes: [Name: Name], _ evidence: Evidence) -> Bool {
        guard let home = homes[member.name], evidence.cluster.nodes[home]?.state == .maintenance else { return false }
        return member.onMaintenance == .migrate
    }

    private static func isSame(_ scope: Placement.Scope, _ first: Node, _ second: Node) -> Bool {
        switch scope {
        case .node: first.name == second.name
        case .label(let label): first.labels[label] != nil && first.labels[label] == second.labels[label]
        }
    }

    /// Where an instance is that was seen: of a move's two ends the one that counts, the source where nobody knows.
    private static func home(of places: [Evidence.Place], _ evidence: Evidence) -> Name? {
        guard places.count == 2, let move = places.first.flatMap({ evidence.domains[$0]?.mark?.move }) else {
            return places.first?.node
        }
        func domain(_ node: Name) -> ObservedDomain? {
            places.first { $0.node == node }.flatMap { evidence.domains[$0] }
        }
        switch MoveEnds(move, source: domain(move.from), destination: domain(move.to)).verdict {
        case .destination, .fetching, .memoryIsLost: return move.to
        case .source, .underWay, .conflict: return move.from
        }
    }

    /// Where each instance is when the plan has been carried out.
    private static func finalHomes(_ evidence: Evidence) -> [Name: Name] {
        var homes: [Name: Name] = [:]
        for (instance, entry) in evidence.roster?.instances ?? [:] {
            // Where the node is lost from which it was moving, the other has it.
            homes[instance] = [entry.node, entry.alsoOn].compactMap(\.self).first(where: evidence.isUnreachable)
        }
        for (instance, places) in evidence.seen { homes[instance] = home(of: places, evidence) }
        for (_, step) in evidence.steps(where: \.isUndefinition) {
            guard case .domain(.undefine(let uuid, _)) = step.operation else { continue }
            if let instance = evidence.domains[.init(node: step.node, uuid: uuid)]?.mark?.instance {
                homes[instance] = nil
            }
        }
        for step in evidence.plan.steps {
            switch step.operation {
            case .domain(.define(let definition)): homes[definition.mark.instance] = step.node
            case .move(let part) where part.stage != .forget && part.stage != .discard:
                homes[part.move.instance] = part.move.to
            default: break
            }
        }
        return homes
    }
}

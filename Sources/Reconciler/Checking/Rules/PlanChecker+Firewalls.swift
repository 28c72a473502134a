import Spec

extension PlanChecker {
    /// No guest with a firewall begins to run on a node, or gets a NIC there, before the node holds it to a filter; and none loses
    /// its filter where it stays.
    static func checkFirewalls(_ evidence: Evidence) -> [Violation] {
        let filtered = evidence.cluster.instances.values.contains { $0.firewall != nil }
        guard filtered || evidence.nodes.values.contains(where: { !$0.filters.isEmpty }) else { return [] }
        return checkBeginnings(evidence) + checkFilterEnds(evidence) + checkLeavingNICs(evidence)
    }

    private static func checkBeginnings(_ evidence: Evidence) -> [Violation] {
        evidence.steps { begins($0) != nil }.compactMap { index, step -> Violation? in
            guard let begins = begins(step.operation) else { return nil }
            let node = begins.node ?? step.node
            guard let name = instance(of: begins.uuid, evidence), let instance = evidence.cluster.instances[name],
                instance.firewall != nil, !instance.nics.isEmpty
            else { return nil }
            let sets = evidence.plan.steps.indices.filter { other in
                guard case .firewall(.set(let filter)) = evidence.plan.steps[other].operation,
                    evidence.plan.steps[other].node == node, filter.uuid == begins.uuid
                else { return false }
                // What shuts somebody out waits until he is gone, and what is for names that libvirt chooses until it did.
                return !evidence.graph.requires(other) {
                    evidence.plan.steps[$0].operation.isUndefinition
                        || evidence.plan.steps[$0].operation == step.operation
                }
            }
            if let there = evidence.nodes[node]?.filters[begins.uuid] {
                // One that is as it is to be needs no step.
                if sets.isEmpty, there.state == .loaded { return nil }
            }
            guard !sets.contains(where: { set in evidence.graph.requires(index) { $0 == set } }) else { return nil }
            return Violation(.firewall, step.id, "\(name) would be reached there before its firewall is set")
        }
    }

    private static func checkFilterEnds(_ evidence: Evidence) -> [Violation] {
        evidence.steps { if case .firewall(.clear) = $0 { true } else { false } }.compactMap { index, step in
            guard case .firewall(.clear(let uuid, let name)) = step.operation,
                evidence.domains[Evidence.Place(node: step.node, uuid: uuid)] != nil
            else { return nil }
            let isGone = evidence.graph.requires(index) { other in
                let step = evidence.plan.steps[other]
                return switch step.operation {
                case .domain(.undefine(uuid, _)): true
                case .move(let part): part.move.uuid == uuid && (part.stage == .leave || part.stage == .discard)
                default: false
                }
            }
            let stays = instance(of: uuid, evidence).flatMap { evidence.cluster.instances[$0] }
            guard !isGone, stays.map({ $0.firewall != nil }) ?? true else { return nil }
            return Violation(.firewall, step.id, "\(name) stays there and would lose its firewall")
        }
    }

    /// An interface is held until the guest has let go of it.
    private static func checkLeavingNICs(_ evidence: Evidence) -> [Violation] {
        evidence.steps { if case .firewall(.set) = $0 { true } else { false } }.compactMap { index, step in
            guard case .firewall(.set(let filter)) = step.operation,
                let domain = evidence.owned(Evidence.Place(node: step.node, uuid: filter.uuid)),
                let nic = domain.running?.nics.first(where: { nic in
                    domain.mark?.nics.values.contains { $0.mac == nic.mac } ?? false
                        && !filter.nics.contains { $0.mac == nic.mac }
                }),
                !evidence.graph.requires(index, { evidence.plan.steps[$0].operation.domain == filter.uuid })
            else { return nil }
            return Violation(
                .firewall, step.id, "\(filter.instance) would be reached at \(nic.mac) until that is detached")
        }
    }

    private static func instance(of uuid: UniqueID, _ evidence: Evidence) -> Name? {
        let marked = evidence.domains.first { $0.key.uuid == uuid }?.value.mark?.instance
        if let marked, evidence.cluster.instances[marked] != nil { return marked }
        if let defined = evidence.definitions.first(where: { $0.key.uuid == uuid }) {
            return defined.value.mark.instance
        }
        // It may have another name by now.
        return evidence.cluster.instances.values.first { $0.renamedFrom != nil && $0.renamedFrom == marked }?.name
    }

    /// The domain that an operation has run, or gives a NIC, on a node, which is the step's own where it is nil.
    private static func begins(_ operation: Operation) -> (uuid: UniqueID, node: Name?)? {
        switch operation {
        case .domain(.start(let uuid, _)): return (uuid, nil)
        case .domain(.install(let installation)): return (installation.domain.uuid, nil)
        case .update(let update):
            if case .plugNIC = update.action { return (update.uuid, nil) }
            return nil
        case .move(let part) where part.stage == .migrate: return (part.move.uuid, part.move.to)
        default: return nil
        }
    }
}

import Spec

extension PlanChecker {
    /// A network that is there keeps its name and the addresses of the domains in it, and is restarted only where the
    /// plan shows that it is.
    static func checkNetworks(_ evidence: Evidence) -> [Violation] {
        var found: [Violation] = []
        for (_, step) in evidence.steps(where: { if case .network = $0 { true } else { false } }) {
            guard case .network(.change(let definition, let isRestart)) = step.operation else { continue }
            let place = Evidence.Place(node: step.node, uuid: definition.mark.uuid)
            guard let network = evidence.ownedNetwork(place) else { continue }
            if definition.name != network.name || definition.mark.network != network.mark?.network
                || definition.mark.cluster != evidence.identity
            {
                found.append(Violation(.network, step.id, "it would become another network than \(network.name)"))
            }
            if isRestart, !isRestartShown(step, evidence) {
                found.append(Violation(.network, step.id, "the plan does not show that it restarts"))
            }
            found += checkAddresses(step, definition, network, evidence)
        }
        return found
    }

    private static func isRestartShown(_ step: Step, _ evidence: Evidence) -> Bool {
        evidence.plan.changes.contains { change in
            change.object == step.object && change.blocked == nil
                && change.fields.contains { $0.effect == .restart }
        }
    }

    /// Whether everyone who was given an address in the network can still be reached by it.
    private static func checkAddresses(
        _ step: Step, _ definition: NetworkDefinition, _ network: ObservedNetwork, _ evidence: Evidence
    ) -> [Violation] {
        guard let node = evidence.nodes[step.node] else { return [] }
        return node.domains.flatMap { domain -> [Violation] in
            guard let mark = domain.mark, Evidence.owns(evidence.identity, domain),
                !isUndefined(domain.uuid, before: step, evidence)
            else { return [] }
            return domain.nics.compactMap { nic in
                guard nic.attachment == .network(network.name), let name = nic.name,
                    let address = mark.nics[name]?.address
                else { return nil }
                if definition.cidr?.contains(address) == true, address != definition.gateway {
                    guard let gateway = definition.gateway6, let cidr = definition.cidr,
                        definition.cidr6?.host(beside: address, in: cidr) == gateway
                    else { return nil }
                    return Violation(
                        .network, step.id, "its IPv6 gateway \(gateway) would be the address of \(mark.instance)")
                }
                return Violation(.network, step.id, "it would no longer contain \(address) of \(mark.instance)")
            }
        }
    }
}

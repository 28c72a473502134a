import Spec

extension NetworkRemovalEmitter {
    /// Takes away the reservations of removed instances, and networks that left the spec.
    mutating func planNetworkRemovals() {
        let leaving = Dictionary(grouping: classification.deletions, by: \.owned.node)
        for node in answeredNames {
            guard let observed = answered[node] else { continue }
            for there in observed.networks {
                guard let mark = there.mark, mark.cluster == identity, mark.uuid == there.uuid else { continue }
                let isWanted = !isDestroy && cluster.networks[mark.network].map { $0.isOurs } ?? false
                if manages(mark.part), !isWanted {
                    remove(there, mark, on: observed)
                } else {
                    removeReservations(there, mark, on: node, of: leaving[node] ?? [])
                }
            }
        }
    }

    mutating func remove(_ there: ObservedNetwork, _ mark: NetworkMark, on node: ObservedNode) {
        let object = ObjectReference(.network, mark.network.text, on: node.name)
        let reason = isDestroy ? "destroy was requested" : "it is not in the spec"
        var leaving: [StepID] = []
        var users: [String] = []
        for domain in node.domains where domain.nics.contains(where: { $0.attachment == .network(there.name) }) {
            if let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid,
                let step = removals[mark.instance]
            {
                leaving.append(step)
            } else {
                users.append(domain.name)
            }
        }
        guard users.isEmpty else {
            let list = users.sorted().joined(separator: ", ")
            graph.findings.changes.append(
                Change(
                    .delete, object, reason: reason,
                    blocked: "\(list) still \(users.count == 1 ? "has a NIC" : "have NICs") in it"))
            return
        }
        add(
            PlannedStep(
                id: StepID("\(node.name)/network/\(mark.network)/delete"), node: node.name, object: object,
                operation: .network(.delete(uuid: there.uuid, name: there.name)),
                expectation: .unchanged(fingerprint: there.fingerprint),
                requires: leaving.map(Requirement.step) + [.roster(.opening, on: node.name)], record: .isOnRecord))
        graph.findings.changes.append(Change(.delete, object, reason: reason))
    }
}

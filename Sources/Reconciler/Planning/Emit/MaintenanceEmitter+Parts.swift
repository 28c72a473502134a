import Spec
import YAML

extension MaintenanceEmitter {
    /// Says what other parts still have on a node in maintenance: this run may not move it, and whoever switches the
    /// node off stops it.
    mutating func refuseUnfinishedMaintenance() {
        guard !isDestroy else { return }
        let others = Dictionary(
            grouping: owned.filter { !manages($0.value.mark.part) && isToLeave($0.value) }.keys,
            by: { owned[$0]?.node ?? identity.name })
        for node in answeredNames where cluster.nodes[node]?.state == .maintenance {
            let byPart = Dictionary(grouping: others[node] ?? [], by: { owned[$0]?.mark.part ?? .main })
            for (part, instances) in byPart.sorted(by: { $0.key < $1.key }) {
                let names = instances.sorted()
                let list = names.map(\.text).joined(separator: ", ")
                graph.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, node.text, on: nil),
                        reason: "it is in maintenance but not empty: part \(part), which this run does not apply, "
                            + "still has \(list) on it",
                        remedy: remedy(for: names, of: part, on: node), position: cluster.nodes[node]?.position))
            }
        }
    }

    /// Whether maintenance is to bring an instance of another part away or to a stop, as far as its spec is known.
    private func isToLeave(_ owned: OwnedDomain) -> Bool {
        switch cluster.instances[owned.mark.instance]?.onMaintenance {
        case .stay?: false
        case .stop?: owned.domain.isActive
        case .migrate?, nil: true
        }
    }

    private func remedy(for instances: [Name], of part: Name, on node: Name) -> String {
        let files = Set(instances.compactMap { cluster.instances[$0]?.position.file }).sorted()
        guard !files.isEmpty else {
            return
                "run `kvmctl apply -f FILE` with the file of part \(part), in which \(node) must be in maintenance as well"
        }
        let options = files.map { "-f \($0)" }.joined(separator: " ")
        return "run `kvmctl apply \(options)`, where \(node) must be in maintenance as well"
    }
}

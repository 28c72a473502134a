import Reconciler
import Spec

extension World: CustomStringConvertible {
    /// The world and its first plan in words, for the one who looks into a seed that failed.
    var description: String {
        var lines = ["traits: " + traits.map(\.rawValue).sorted().joined(separator: ", ")]
        lines.append("parts: " + cluster.parts.map(\.text).sorted().joined(separator: " "))
        for (name, node) in fleet.nodes.sorted(by: { $0.key < $1.key }) {
            let spec = cluster.nodes[name]
            lines.append(
                "\(name) \(spec?.state.rawValue ?? "gone")\(node.isUnreachable ? " silent" : "")"
                    + " vcpus \(spec?.capacityVCPUs ?? node.vcpus) memory \(spec?.capacityMemory ?? node.memory)")
            for domain in node.domains.values.sorted(by: { $0.name < $1.name }) {
                let mark = domain.mark.map { "\($0.cluster.name)/\($0.part)/\($0.instance) \($0.phase)" } ?? "no mark"
                lines.append(
                    "  domain \(domain.name) \(domain.power) \(mark) \(domain.mark?.protect == true ? "protected" : "")"
                )
            }
            for network in node.networks.values.sorted(by: { $0.name < $1.name }) {
                lines.append(
                    "  network \(network.name) \(network.isActive ? "active" : "stopped") \(network.mark?.part.text ?? "no mark")"
                )
            }
            for reservation in node.networks.values.flatMap(\.reservations).sorted(by: { $0.mac < $1.mac }) {
                lines.append("  reserved \(reservation.mac) \(reservation.address) \(reservation.name)")
            }
            for path in node.files.keys.sorted() { lines.append("  file \(path)") }
            if let generation = node.roster?.generation { lines.append("  roster \(generation):") }
            for (instance, entry) in node.roster?.instances.sorted(by: { $0.key < $1.key }) ?? [] {
                let also = entry.alsoOn.map { " or \($0)" } ?? "", doubt = entry.doubt.map { " \($0)" } ?? ""
                lines.append("  roster: \(instance) on \(entry.node)\(also)\(doubt)")
            }
            for disk in node.roster?.keptDisks ?? [] { lines.append("  roster: kept \(disk.path) on \(disk.node)") }
        }
        for instance in cluster.instances.values.sorted(by: { $0.name < $1.name }) {
            lines.append(
                "wanted \(instance.name) part \(instance.part)\(instance.isManaged ? "" : " (read only)") pin \(instance.node?.text ?? "-")"
                    + " pool \(instance.pool) power \(instance.power) nics \(instance.nics.map(\.network.text)) disks \(instance.disks.map(\.name.text))"
            )
        }
        let plan = Planner.plan(cluster, inputs: inputs, fleet: fleet.observe(cluster))
        lines += plan.changes.map {
            "\($0.action.symbol) \($0.object): \($0.reason)\($0.blocked.map { " BLOCKED \($0)" } ?? "")"
        }
        lines += plan.refusals.map { "refused \($0.object): \($0.reason)\($0.stopsEverything ? " STOPS" : "")" }
        lines += plan.unreachableNodes.map { "silent \($0.node): \($0.held)" }
        lines += plan.notes.map { "notice \($0)" }
        for step in plan.steps {
            guard case .network(.updateReservations(_, _, let add, let remove)) = step.operation else { continue }
            lines += add.map { "\(step.id) adds \($0.mac) \($0.address) \($0.name)" }
            lines += remove.map { "\(step.id) removes \($0.mac) \($0.address) \($0.name)" }
        }
        lines += plan.steps.map { "step \($0.id) requires \($0.requires) after \($0.after.count)" }
        return lines.joined(separator: "\n")
    }
}

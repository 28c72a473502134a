import Formats
import Reconciler
import Spec
import YAML

extension Describer {
    /// A network of the spec on every node that answers; nil for any other name.
    func network(_ name: Name) -> Description? {
        guard let network = cluster.networks[name] else { return nil }
        var description = Description("network/\(name)")
        description.add("Mode", network.mode.text)
        description.add("CIDR", network.cidr?.description)
        description.add("Gateway", network.gatewayAddress?.description)
        description.add("IPv6", network.cidr6?.description)
        description.add("IPv6 gateway", network.gatewayAddress6?.description)
        description.add("Part", network.part.text)
        description.add("Written at", network.position.description)
        var rows: [[Span]] = []
        for node in fleet.answeredNodes {
            for there in node.networks where there.mark?.cluster == identity && there.mark?.network == name {
                rows.append([
                    Span(node.name.text), Span(there.name),
                    Span(there.isActive ? "running" : "stopped", there.isActive ? nil : .alarm),
                    Span(there.autostart ? "yes" : "no"), Span(there.bridge ?? "-"),
                    Span(there.cidr?.description ?? "-"),
                    Span("\(there.reservations.count)"),
                ])
            }
        }
        description.chapters.append(
            .init(
                title: "On the nodes",
                head: ["NODE", "NETWORK", "STATE", "AUTOSTART", "BRIDGE", "CIDR", "RESERVATIONS"], rows: rows))
        let members = cluster.instances.values.filter { $0.nics.contains { $0.network == name } }.map(\.name).sorted()
        description.add("Instances", members.map(\.text).joined(separator: ", "))
        let (chapter, value) = pending(.network, name.text)
        description.chapters.append(chapter)
        description.value = .known([
            ("formatVersion", PlanDocument.formatVersion), ("kind", "network"), ("name", .text(name.text)),
            ("mode", .text(network.mode.text)), ("cidr", network.cidr.map { .text($0.description) }),
            ("cidr6", network.cidr6.map { .text($0.description) }),
            ("nodes", .list(rows.map { row in .texts(row.map(\.text)) })), ("instances", .texts(members.map(\.text))),
            ("pending", value),
        ])
        return description
    }

    /// A node of the spec; nil for any other name.
    func node(_ name: Name) -> Description? {
        guard let node = cluster.nodes[name] else { return nil }
        var description = Description("node/\(name)")
        description.add("Address", node.addressText)
        description.add("State", node.state.rawValue)
        description.add("Written at", node.position.description)
        var entries: [(String, StructuredValue?)] = [
            ("formatVersion", PlanDocument.formatVersion), ("kind", "node"), ("name", .text(name.text)),
            ("address", .text(node.addressText)), ("state", .text(node.state.rawValue)),
        ]
        switch fleet.nodes[name] {
        case .answered(let seen):
            description.add("Answer", "yes")
            description.add("Machine", seen.machine)
            description.add("vCPUs", "\(seen.vcpus)")
            description.add("Memory", seen.memory.rounded)
            description.add("CPU", seen.hasKVM ? "kvm" : "emulated: guests are slow")
            description.add("Apply", seen.lockHolder)
            for warning in seen.warnings { description.add("Warning", warning, .change) }
            var alone = fleet
            alone.nodes = [name: .answered(seen)]
            let domains = Listing.domains(cluster, alone, isWhole: true)
            description.chapters.append(
                .init(
                    title: "Domains", head: domains.columns.dropFirst().filter { !$0.isWide }.map(\.title),
                    rows: domains.rows.map { row in
                        zip(domains.columns, row.cells).dropFirst().filter { !$0.0.isWide }.map(\.1)
                    }))
            description.chapters.append(
                .init(
                    title: "Pools", head: ["NAME", "PATH", "STATE", "FREE", "CAPACITY"],
                    rows: seen.pools.map {
                        [
                            Span($0.name), Span($0.path), Span($0.isActive ? "active" : "stopped"),
                            Span(Printable.size($0.available.bytes)), Span(Printable.size($0.capacity.bytes)),
                        ]
                    }))
            entries += [
                ("answered", true), ("machine", .text(seen.machine)), ("vcpus", .count(seen.vcpus)),
                ("memory", .bytes(seen.memory.bytes)), ("hasKVM", .boolean(seen.hasKVM)),
                ("warnings", .texts(seen.warnings)), ("domains", .list(domains.rows.map(\.value))),
            ]
        case .unknown(let cause):
            description.isUnknown = true
            description.add("Answer", "no: \(cause.summary(behind: name))", .alarm)
            description.add("Remedy", cause.remedy)
            let held = plan.unreachableNodes.first { $0.node == name }?.held ?? []
            description.add("May be running", held.map(\.text).joined(separator: ", "))
            entries += [
                ("answered", false), ("cause", .text(cause.cause.rawValue)), ("summary", .text(cause.summary)),
                ("remedy", .text(cause.remedy)), ("mayHold", .texts(held.map(\.text))),
            ]
        case .notContacted, nil: description.add("Answer", "not contacted: \(node.state.rawValue) in the spec")
        }
        let (chapter, value) = pending(.node, name.text)
        description.chapters.append(chapter)
        description.value = .known(entries + [("pending", value)])
        return description
    }
}

import Formats
import Reconciler
import Spec

extension Listing {
    /// The nodes of the spec and how they answered.
    static func nodes(_ cluster: Cluster, _ fleet: ObservedFleet) -> Listing {
        Listing(
            kind: "nodes",
            columns: [
                .init("NAME"), .init("ADDRESS"), .init("STATE"), .init("ANSWER"), .init("VCPUS"), .init("MEMORY"),
                .init("CPU"), .init("INSTANCES"), .init("LABELS", wide: true), .init("MACHINE", wide: true),
            ],
            rows: cluster.nodes.values.sorted { $0.name < $1.name }.map { row($0, fleet.nodes[$0.name], cluster) },
            unknownNodes: fleet.unknownNodes)
    }

    private static func row(_ node: Spec.Node, _ observation: NodeObservation?, _ cluster: Cluster) -> Row {
        let labels = node.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        var cells = [Span(node.name.text, .strong), Span(node.addressText), Span(node.state.rawValue)]
        var entries: [StructuredValue.Entry] = [
            .init("name", .text(node.name.text)), .init("address", .text(node.addressText)),
            .init("state", .text(node.state.rawValue)),
            .init("labels", .object(node.labels.sorted { $0.key < $1.key }.map { .init($0.key, .text($0.value)) })),
        ]
        switch observation {
        case .answered(let seen):
            let vcpus = seen.domains.reduce(0) { $0 + $1.vcpus }
            let memory = seen.domains.reduce(UInt64(0)) { $0 + $1.memory.bytes }
            let totalVCPUs = node.capacityVCPUs ?? seen.vcpus
            let totalMemory = node.capacityMemory ?? seen.memory
            let ours = seen.domains.count { $0.mark?.cluster == ClusterIdentity(cluster) }
            if node.state == .maintenance {
                // Until it is empty, switching it off stops what is left.
                cells[2] = ours == 0 ? Span("maintenance, empty") : Span("maintenance, \(ours) left", .change)
            }
            cells += [
                Span("yes"), Span("\(vcpus)/\(totalVCPUs)"),
                Span("\(Printable.size(memory))/\(Printable.size(totalMemory.bytes))"),
                Span(seen.hasKVM ? "kvm" : "emulated"),
                Span(seen.domains.count == ours ? "\(ours)" : "\(ours) +\(seen.domains.count - ours) foreign"),
                Span(labels.isEmpty ? "-" : labels), Span(seen.machine),
            ]
            entries += [
                .init("answered", true), .init("machine", .text(seen.machine)), .init("hasKVM", .boolean(seen.hasKVM)),
                .init("vcpus", ["used": .count(vcpus), "total": .count(totalVCPUs)]),
                .init("memory", ["used": .bytes(memory), "total": .bytes(totalMemory.bytes)]),
                .init("instances", .count(ours)), .init("foreignDomains", .count(seen.domains.count - ours)),
                .init("warnings", .texts(seen.warnings)),
            ]
        case .unknown(let cause):
            cells += [Span("no: \(cause.cause.words)", .alarm)] + Array(repeating: Span("?"), count: 4)
            cells += [Span(labels.isEmpty ? "-" : labels), Span("?")]
            entries += [
                .init("answered", false), .init("cause", .text(cause.cause.rawValue)),
                .init("summary", .text(cause.summary)), .init("remedy", .text(cause.remedy)),
            ]
        case .notContacted, nil:
            cells += [Span("not asked", .quiet)] + Array(repeating: Span("-"), count: 4)
            cells += [Span(labels.isEmpty ? "-" : labels), Span("-")]
            entries.append(.init("answered", .null))
        }
        return Row(node.name.text, cells: cells, value: .object(entries))
    }
}

extension Spec.Node {
    /// As the spec says it.
    var addressText: String {
        switch address {
        case .local: "local"
        case .host(let host): port.map { "\(host):\($0)" } ?? host
        }
    }
}

extension Unreachable.Cause {
    /// In a word or two, for a table.
    var words: String {
        switch self {
        case .nameNotResolved: "name not found"
        case .timeout: "timed out"
        case .refused: "refused"
        case .noRoute: "no route"
        case .authentication: "login refused"
        case .unknownHostKey: "unknown host key"
        case .changedHostKey: "host key changed"
        case .noDaemon: "no libvirt"
        case .noPermission: "no permission"
        case .forwardingForbidden: "forwarding forbidden"
        case .storage: "storage unreadable"
        case .linkLost: "link lost"
        case .lockLost: "lock lost"
        case .other: "failed"
        }
    }
}

import Formats
import Reconciler
import Spec

extension Listing {
    /// The instances of the cluster: those that nodes hold, and those that the spec wants and nobody has.
    ///
    /// With `labels`, those alone that have all of them: as the spec says, or for what left it as its mark remembers.
    static func instances(
        _ cluster: Cluster, _ fleet: ObservedFleet, with labels: [String: String] = [:]
    ) -> Listing {
        let identity = ClusterIdentity(cluster)
        var rows: [(name: Name, node: String, row: Row)] = []
        var seen: Set<Name> = []
        let healths = FleetHealth(cluster, fleet)
        for node in fleet.answeredNodes {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity else { continue }
                seen.insert(mark.instance)
                let isChosen = matches(cluster.instances[mark.instance]?.labels ?? mark.labels, labels)
                guard isChosen else { continue }
                let health = healths.health(of: mark.instance)
                rows.append((mark.instance, node.name.text, row(domain, mark, health, on: node.name, cluster)))
            }
        }
        let roster = fleet.roster(of: identity)
        let unknown = Set(fleet.unknownNodes)
        for (name, entry) in roster?.instances ?? [:] where !seen.contains(name) && unknown.contains(entry.node) {
            seen.insert(name)
            guard matches(cluster.instances[name]?.labels ?? [:], labels) else { continue }
            rows.append((name, entry.node.text, unreachableRow(name, entry, healths.health(of: name))))
        }
        for instance in cluster.instances.values
        where !seen.contains(instance.name) && matches(instance.labels, labels) {
            rows.append((instance.name, "", absentRow(instance, healths.health(of: instance.name))))
        }
        return Listing(
            kind: "instances",
            columns: [
                .init("NAME"), .init("NODE"), .init("POWER"), .init("STATUS"), .init("HEALTH"), .init("ADDRESSES"),
                .init("IMAGE"),
                .init("PART", wide: true), .init("VCPUS", wide: true), .init("MEMORY", wide: true),
                .init("UUID", wide: true), .init("LABELS", wide: true), .init("REASON", wide: true),
            ],
            rows: rows.sorted { ($0.name.text, $0.node) < ($1.name.text, $1.node) }.map(\.row),
            unknownNodes: fleet.unknownNodes)
    }

    private static func row(
        _ domain: ObservedDomain, _ mark: DomainMark, _ health: Health, on node: Name, _ cluster: Cluster
    ) -> Row {
        let addresses = addresses(of: domain, mark)
        let status = status(of: domain, mark)
        let image = mark.isAdopted ? "-" : cluster.instances[mark.instance]?.image.text ?? mark.applied["image"] ?? "-"
        let cells: [Span] = [
            Span(mark.instance.text, .strong), Span(node.text), Span(domain.power.words),
            Span(status, status == "ready" ? .addition : status == "-" ? nil : .change),
            health.span, Span(addresses.isEmpty ? "-" : addresses.joined(separator: ",")), Span(image),
            Span(mark.part.text),
            Span("\(domain.vcpus)"), Span(domain.memory.description), Span(domain.uuid.text),
            labelSpan(cluster.instances[mark.instance]?.labels ?? mark.labels), health.reasonSpan,
        ]
        return Row(
            mark.instance.text, cells: cells,
            value: [
                "name": .text(mark.instance.text), "node": .text(node.text), "domain": .text(domain.name),
                "uuid": .text(domain.uuid.text), "part": .text(mark.part.text), "power": .text(domain.power.words),
                "status": .text(status), "ready": .boolean(status == "ready"),
                "health": .text(health.status.rawValue), "healthReason": .text(health.reason),
                "addresses": .texts(addresses),
                "image": .text(image), "baseImage": .text(mark.baseImage), "vcpus": .count(domain.vcpus),
                "memory": .bytes(domain.memory.bytes), "autostart": .boolean(domain.autostart),
                "protect": .boolean(mark.protect), "adopted": .boolean(mark.isAdopted),
                "snapshots": .texts(domain.snapshots.map(\.name)),
                "labels": .labels(cluster.instances[mark.instance]?.labels ?? mark.labels),
            ])
    }

    /// Where it is between being made and being gone.
    private static func status(of domain: ObservedDomain, _ mark: DomainMark) -> String {
        switch mark.phase {
        case .creating: "half made"
        case .replacing: "being replaced"
        case .deleting: "being deleted"
        case .active: domain.power == .running ? (mark.wasReady ? "ready" : "not ready yet") : "-"
        }
    }

    /// What kvmctl gave first, in the order of the NICs' names, and then what else was seen.
    static func addresses(of domain: ObservedDomain, _ mark: DomainMark) -> [String] {
        let given = mark.nics.sorted { $0.key < $1.key }.compactMap(\.value.address)
        // Where kvmctl gives every NIC its address, another one that was seen is an old one, which lingers for a while.
        if !given.isEmpty, given.count == domain.nics.count { return given.map(\.description) }
        return (given + domain.seenAddresses.filter { !given.contains($0) }).map(\.description)
    }

    /// An instance that an unreachable node holds, as the roster remembers it.
    private static func unreachableRow(_ name: Name, _ entry: Roster.Entry, _ health: Health) -> Row {
        let addresses = entry.addresses.map(\.description)
        return Row(
            name.text,
            cells: [
                Span(name.text, .strong), Span(entry.node.text), Span("?"), Span("node unknown", .alarm),
                health.span, Span(addresses.isEmpty ? "-" : addresses.joined(separator: ",")), Span("?"),
                Span(entry.part.text),
                Span("?"), Span("?"), Span(entry.uuid.text), Span("?"), health.reasonSpan,
            ],
            value: [
                "name": .text(name.text), "node": .text(entry.node.text), "uuid": .text(entry.uuid.text),
                "part": .text(entry.part.text), "power": .null, "status": "node unknown", "ready": .null,
                "health": .text(health.status.rawValue), "healthReason": .text(health.reason),
                "addresses": .texts(addresses),
            ])
    }

    private static func absentRow(_ instance: Instance, _ health: Health) -> Row {
        let isUnknown = health.status == .unknown
        let status = isUnknown ? "unknown" : "absent"
        return Row(
            instance.name.text,
            cells: [
                Span(instance.name.text, .strong), Span(isUnknown ? "?" : "-"), Span(isUnknown ? "?" : "-"),
                Span(status, isUnknown ? .alarm : .change), health.span,
                Span("-"), Span(instance.image.text), Span(instance.part.text), Span("\(instance.vcpus)"),
                Span(instance.memory.description), Span("-"), labelSpan(instance.labels), health.reasonSpan,
            ],
            value: [
                "name": .text(instance.name.text), "node": .null, "part": .text(instance.part.text), "power": .null,
                "status": .text(status), "ready": isUnknown ? .null : false, "health": .text(health.status.rawValue),
                "healthReason": .text(health.reason), "addresses": [], "image": .text(instance.image.text),
                "vcpus": .count(instance.vcpus), "memory": .bytes(instance.memory.bytes),
                "labels": .labels(instance.labels),
            ])
    }

    static func matches(_ labels: [String: String], _ wanted: [String: String]) -> Bool {
        wanted.allSatisfy { labels[$0.key] == $0.value }
    }

    private static func labelSpan(_ labels: [String: String]) -> Span {
        Span(
            labels.isEmpty
                ? "-" : labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }
}

extension DomainMark {
    /// The labels that the instance was last applied with.
    var labels: [String: String] {
        var labels: [String: String] = [:]
        for (path, value) in applied where path.hasPrefix("labels.") { labels[String(path.dropFirst(7))] = value }
        return labels
    }
}

extension Health {
    /// The word, in its colour.
    var span: Span {
        let ink: Ink? =
            switch status {
            case .healthy: .addition
            case .stopped: nil
            case .progressing: .change
            case .degraded, .missing, .unknown: .alarm
            }
        return Span(status.rawValue, ink)
    }

    /// The reason for a table.
    var reasonSpan: Span { Span(reason.isEmpty ? "-" : reason) }
}

extension ObservedDomain.Power {
    /// For people and programs.
    var words: String {
        switch self {
        case .running: "on"
        case .shutOff: "off"
        case .paused: "paused"
        case .crashed: "crashed"
        case .other: "other"
        }
    }
}

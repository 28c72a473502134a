import Reconciler
import Spec
import YAML

/// Describes things of one look at the fleet.
struct Describer {
    let cluster: Cluster
    let inputs: Inputs
    let fleet: ObservedFleet
    /// What an apply would do now.
    let plan: Plan

    private var identity: ClusterIdentity { ClusterIdentity(cluster) }

    /// What the plan says of a thing: changes with their fields, refusals, and notes that name it.
    private func pending(_ kind: ObjectReference.Kind, _ name: String) -> (
        chapter: Description.Chapter, value: StructuredValue
    ) {
        let changes = plan.changes.filter { $0.object.kind == kind && $0.object.name == name }
        let refusals = plan.refusals.filter { $0.object.kind == kind && $0.object.name == name }
        var rows: [[Span]] = []
        for change in changes {
            rows.append([
                Span("\(change.action.symbol) \(change.action.rawValue)", change.action.ink), Span(change.reason),
                Span(change.blocked.map { "cannot be changed yet: \($0)" } ?? ""),
            ])
            rows += change.fields.map { field in
                [
                    Span("  \(field.path)"), Span("\(field.old ?? "(none)") → \(field.new ?? "(none)")"),
                    Span("\(field.effect.rawValue), \(field.origin.rawValue)"),
                ]
            }
        }
        for refusal in refusals {
            rows.append([Span("! refused", .alarm), Span(refusal.reason), Span(refusal.remedy)])
        }
        let document = PlanDocument(
            PlanView(Plan(cluster: plan.cluster, changes: changes, refusals: refusals), parts: []))
        return (Description.Chapter(title: "What an apply would do", head: [], rows: rows), document.pending)
    }

    /// An instance that the spec has or a node holds; nil for any other name.
    func instance(_ name: Name) -> Description? {
        let health = FleetHealth(cluster, fleet).health(of: name)
        let wanted = cluster.instances[name]
        let place = fleet.answeredNodes.lazy.flatMap { node in node.domains.map { (node, $0) } }
            .first { $0.1.mark?.cluster == identity && $0.1.mark?.instance == name }
        guard wanted != nil || place != nil || health.status == .unknown else { return nil }
        var description = Description("instance/\(name)")
        description.isUnknown = health.status == .unknown
        description.add("Health", health.status.rawValue, health.span.ink)
        description.add("Reason", health.reason)
        let (chapter, value) = pending(.instance, name.text)
        var entries: [(String, StructuredValue?)] = [
            ("formatVersion", PlanDocument.formatVersion), ("kind", "instance"), ("name", .text(name.text)),
            ("health", .text(health.status.rawValue)), ("healthReason", .text(health.reason)),
            ("part", .text((place?.1.mark?.part ?? wanted?.part ?? .main).text)),
        ]
        if let (node, domain) = place, let mark = domain.mark {
            addFacts(domain, mark, on: node, to: &description)
            entries += facts(domain, mark, on: node, wanted)
            addHints(name, domain, node, to: &description)
        }
        description.add("Written at", wanted?.position.description)
        description.chapters.append(fields(wanted, place?.1, on: place?.0))
        description.chapters.append(chapter)
        let notices = plan.notices.filter { mentions($0, name.text, place?.1.name) }
        description.chapters.append(.init(title: "Notes", head: [], rows: notices.map { [Span($0)] }))
        entries += [("pending", value), ("notices", .texts(notices))]
        description.value = .known(entries)
        return description
    }

    private func mentions(_ notice: String, _ words: String?...) -> Bool {
        let found = notice.split { " ,:/".contains($0) }
        return words.compactMap(\.self).contains { word in found.contains { $0 == word } }
    }

    private func addFacts(
        _ domain: ObservedDomain, _ mark: DomainMark, on node: ObservedNode, to description: inout Description
    ) {
        description.add("Node", node.name.text)
        description.add("Domain", domain.name)
        description.add("UUID", domain.uuid.text)
        description.add("Part", mark.part.text)
        description.add("Power", domain.power.words + (domain.hasManagedSave ? ", memory saved" : ""))
        description.add("Ready", mark.wasReady ? "yes" : "not seen yet")
        description.add("vCPUs", "\(domain.vcpus)" + (domain.liveVCPUs.map { " (running with \($0))" } ?? ""))
        description.add("Memory", "\(domain.memory)" + (domain.liveMemory.map { " (running with \($0))" } ?? ""))
        description.add("Autostart", domain.autostart ? "yes" : "no")
        description.add("Protected", mark.protect ? "yes" : nil)
        description.add("Adopted", mark.isAdopted ? "yes: it was there before kvmctl" : nil)
        description.add("Base image", mark.baseImage)
        description.add("Seen at", domain.seenAddresses.map(\.description).joined(separator: ", "))
        description.chapters.append(
            .init(
                title: "NICs", head: ["NAME", "MAC", "PLUGGED INTO", "ADDRESS"],
                rows: domain.nics.map { nic in
                    [
                        Span(nic.name?.text ?? "(not kvmctl's)"), Span(nic.mac.description), Span(nic.attachment.text),
                        Span(nic.name.flatMap { mark.nics[$0]?.address }?.description ?? "-"),
                    ]
                }))
        description.chapters.append(
            .init(
                title: "Disks", head: ["NAME", "SIZE", "FILE", "STANDS ON"],
                rows: domain.disks.map { disk in
                    let volume = node.volumes[disk.path]
                    return [
                        Span(disk.name ?? "(not kvmctl's)"),
                        volume.map { Span($0.capacity.description) }
                            ?? (disk.path.hasPrefix("/dev/") ? Span("-") : Span("gone", .alarm)),
                        Span(disk.path), Span(volume?.backingPath ?? "-"),
                    ]
                }))
        description.chapters.append(
            .init(
                title: "Snapshots", head: ["NAME", "TAKEN", "HOLDS", "CURRENT"],
                rows: domain.snapshots.map { snapshot in
                    [
                        Span(snapshot.name), Span(snapshot.takenAt ?? "-"),
                        Span(snapshot.hasMemory ? "disks, memory" : "disks"), Span(snapshot.isCurrent ? "yes" : "-"),
                    ]
                }))
    }

    private func addHints(
        _ name: Name, _ domain: ObservedDomain, _ node: ObservedNode, to description: inout Description
    ) {
        if domain.power == .running {
            description.hints.append("kvmctl console \(name) opens its serial console, kvmctl ssh \(name) logs in.")
        }
        if !domain.snapshots.isEmpty {
            description.hints.append("It cannot move while it has snapshots: kvmctl snapshot delete \(name) NAME.")
        }
    }

    private func facts(
        _ domain: ObservedDomain, _ mark: DomainMark, on node: ObservedNode, _ wanted: Instance?
    ) -> [(String, StructuredValue?)] {
        [
            ("node", .text(node.name.text)), ("domain", .text(domain.name)), ("uuid", .text(domain.uuid.text)),
            ("power", .text(domain.power.words)), ("managedSave", .boolean(domain.hasManagedSave)),
            ("persistent", .boolean(domain.isPersistent)), ("ready", .boolean(mark.wasReady)),
            ("vcpus", .count(domain.vcpus)), ("liveVCPUs", domain.liveVCPUs.map { .count($0) }),
            ("memory", .bytes(domain.memory.bytes)), ("liveMemory", domain.liveMemory.map { .bytes($0.bytes) }),
            ("autostart", .boolean(domain.autostart)), ("protect", .boolean(mark.protect)),
            ("adopted", .boolean(mark.isAdopted)), ("baseImage", .text(mark.baseImage)),
            ("addresses", .texts(Listing.addresses(of: domain, mark))),
            (
                "nics",
                .list(
                    domain.nics.map { nic in
                        [
                            "name": .optional(nic.name?.text), "mac": .text(nic.mac.description),
                            "attachment": .text(nic.attachment.text),
                            "address": .optional(nic.name.flatMap { mark.nics[$0]?.address }?.description),
                        ]
                    })
            ),
            (
                "disks",
                .list(
                    domain.disks.map { disk in
                        let volume = node.volumes[disk.path]
                        return [
                            "name": .optional(disk.name), "path": .text(disk.path),
                            "size": volume.map { .bytes($0.capacity.bytes) } ?? .null,
                            "backingPath": .optional(volume?.backingPath),
                        ]
                    })
            ),
            (
                "snapshots",
                .list(
                    domain.snapshots.map {
                        [
                            "name": .text($0.name), "takenAt": .optional($0.takenAt),
                            "hasMemory": .boolean($0.hasMemory), "isExternal": .boolean($0.isExternal),
                        ]
                    })
            ),
            ("applied", .object(mark.applied.sorted { $0.key < $1.key }.map { .init($0.key, .text($0.value)) })),
        ]
    }

    /// Each field as the spec says it, as it was last applied, and as it is, where one of them differs.
    private func fields(_ wanted: Instance?, _ domain: ObservedDomain?, on node: ObservedNode?) -> Description.Chapter {
        let spec = wanted?.fields(inputs: inputs) ?? [:]
        let applied = domain?.mark?.applied ?? [:]
        var live: [String: String] = [:]
        if let domain, let node {
            live = [
                "vcpus": "\(domain.vcpus)", "memory": domain.memory.description, "autostart": "\(domain.autostart)",
            ]
            live["power"] = domain.power.words
            live["protect"] = domain.mark.map { "\($0.protect)" }
            for disk in domain.disks {
                guard let name = disk.name, name != "seed" else { continue }
                let size = node.volumes[disk.path]?.capacity.description
                live[name == "root" ? "disk" : "disks.\(name).size"] = size ?? "gone"
                if domain.mark?.isAdopted == true { live["disks.\(name).path"] = disk.path }
            }
            for nic in domain.nics {
                guard let name = nic.name else { continue }
                live["nics.\(name).network"] = nic.attachment.text
                live["nics.\(name).mac"] = nic.mac.description
            }
        }
        let paths = Set(spec.keys).union(applied.keys).sorted()
        return .init(
            title: "Fields", head: ["FIELD", "SPEC", "LAST APPLIED", "LIVE"],
            rows: paths.map { path in
                let isNew = spec[path] != applied[path] && domain != nil
                return [
                    Span(path), Span(spec[path] ?? "-", isNew ? .change : nil), Span(applied[path] ?? "-"),
                    Span(live[path] ?? "-"),
                ]
            })
    }

    /// A network of the spec on every node that answers; nil for any other name.
    func network(_ name: Name) -> Description? {
        guard let network = cluster.networks[name] else { return nil }
        var description = Description("network/\(name)")
        description.add("Mode", network.modeText)
        description.add("CIDR", network.cidr?.description)
        description.add("Gateway", network.gatewayAddress?.description)
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
            ("mode", .text(network.modeText)), ("cidr", network.cidr.map { .text($0.description) }),
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
            description.add("Memory", seen.memory.description)
            description.add("CPU", seen.hasKVM ? "kvm" : "emulated: guests are slow")
            description.add("Apply", seen.lockHolder)
            for warning in seen.warnings { description.add("Warning", warning, .change) }
            let domains = Listing.domains(cluster, ObservedFleet(nodes: [name: .answered(seen)]), isWhole: true)
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
            description.add("Answer", "no: \(cause.summary)", .alarm)
            description.add("Remedy", cause.remedy)
            let held = plan.silences.first { $0.node == name }?.held ?? []
            description.add("May hold", held.map(\.text).joined(separator: ", "))
            entries += [
                ("answered", false), ("cause", .text(cause.cause.rawValue)), ("summary", .text(cause.summary)),
                ("remedy", .text(cause.remedy)), ("mayHold", .texts(held.map(\.text))),
            ]
        case .notContacted, nil: description.add("Answer", "not asked: the spec says \(node.state.rawValue)")
        }
        let (chapter, value) = pending(.node, name.text)
        description.chapters.append(chapter)
        description.value = .known(entries + [("pending", value)])
        return description
    }
}

extension NICAttachment {
    /// What a NIC is plugged into, for people.
    var text: String {
        switch self {
        case .network(let name): "network \(name)"
        case .bridge(let name): "bridge \(name)"
        case .other(let text): text
        }
    }
}

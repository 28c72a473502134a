import Formats
import Reconciler
import Spec
import YAML

extension Describer {
    /// An instance that the spec has or a node holds; nil for any other name.
    func instance(_ name: Name) -> Description? {
        let healths = FleetHealth(cluster, fleet)
        let health = healths.health(of: name)
        let roles = healths.roles(of: name).sorted { $0.key < $1.key }
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
        description.chapters.append(
            .init(
                title: "Roles", head: ["NAME", "PACKAGE", "STATE", "HEALTH", "SINCE", "OUTPUTS"],
                rows: roles.map { [Span($0.key.text)] + $0.value.spans }))
        entries.append(("roles", .list(roles.map { .known($0.value.entries($0.key)) })))
        let labels = wanted?.labels ?? place?.1.mark?.labels ?? [:]
        description.add(
            "Labels", labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))
        if !labels.isEmpty { entries.append(("labels", .labels(labels))) }
        description.add("Written at", wanted?.position.description)
        description.chapters.append(fields(wanted, place?.1, on: place?.0))
        description.chapters.append(chapter)
        let notices =
            plan.unknowns.filter { isAbout($0.object, name) }.map(\.reason)
            + plan.notices.filter { $0.objects.contains { isAbout($0, name) } }.map(\.text)
        description.chapters.append(.init(title: "Notes", head: [], rows: notices.map { [Span($0)] }))
        entries += [("pending", value), ("notices", .texts(notices))]
        description.value = .known(entries)
        return description
    }

    private func isAbout(_ object: ObjectReference, _ instance: Name) -> Bool {
        object.kind == .instance && object.name == instance.text
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
        description.add("Adopted", mark.isAdopted ? "yes: it existed before kvmctl" : nil)
        description.add("Base image", mark.baseImage)
        description.add("Seen at", domain.seenAddresses.map(\.description).joined(separator: ", "))
        description.chapters.append(
            .init(
                title: "NICs", head: ["NAME", "MAC", "PLUGGED INTO", "ADDRESS"],
                rows: domain.nics.map { nic in
                    [
                        Span(nic.name?.text ?? "(foreign)"), Span(nic.mac.description), Span(nic.attachment.text),
                        Span(nic.name.flatMap { mark.nics[$0]?.address }?.description ?? "-"),
                    ]
                }))
        if let filter = node.filters[domain.uuid] {
            description.add("Firewall", filter.state.rawValue, filter.state == .edited ? .alarm : nil)
            description.chapters.append(
                .init(title: "Firewall", head: [], rows: filter.lines.dropFirst().map { [Span($0)] }))
        }
        description.chapters.append(
            .init(
                title: "Disks", head: ["NAME", "SIZE", "FILE", "BACKING FILE"],
                rows: domain.disks.map { disk in
                    let volume = node.volumes[disk.path]
                    return [
                        Span(disk.name ?? disk.given.map { "\($0) (given)" } ?? "(foreign)"),
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
            description.hints.append(
                "It cannot be migrated while it has snapshots: kvmctl snapshot delete \(name) NAME.")
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
            for field in InstanceField.all where field.effect == .amount || field.effect == .setting {
                live[field.path] = domain.value(of: field)
            }
            live["power"] = domain.power.words
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
}

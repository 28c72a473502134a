import Spec

extension PlanChecker {
    /// A disk never shrinks, a data disk leaves its machine only onto the record, what an edit puts in is nobody
    /// else's, and the mark stays the domain's own.
    static func checkUpdates(_ evidence: Evidence) -> [Violation] {
        let holders = Holders(evidence)
        return evidence.steps(where: \.isUpdate).flatMap { index, step -> [Violation] in
            guard case .update(let update) = step.operation else { return [] }
            let place = Evidence.Place(node: step.node, uuid: update.uuid)
            guard let domain = evidence.owned(place), let mark = domain.mark else {
                // What another rule says of it is enough.
                return []
            }
            switch update.action {
            case .edit(let edit): return check(edit, mark, domain, index, step, holders, evidence)
            case .growDisk(let growth):
                let known = evidence.nodes[step.node]?.volumes[growth.path]
                let isSmaller = known.map { $0.capacity > growth.capacity } ?? false
                return isSmaller ? [Violation(.update, step.id, "\(growth.path) would shrink")] : []
            case .record, .setVCPUs, .setMemory, .plugDisk, .unplugDisk, .plugNIC, .unplugNIC, .moveNIC, .configureNICs,
                .moveDisk, .rename, .stop, .keepState, .verify, .clearTrial, .keepBeforeRoles,
                .settleRoles, .endRoleTrial:
                return []
            }
        }
    }

    /// Whether the roster says that the file is this disk of this very domain.
    private static func isOnRecord(
        _ disk: DomainDefinition.Disk, of mark: DomainMark, on node: Name, _ evidence: Evidence
    ) -> Bool {
        guard let entry = evidence.roster?.instances[mark.instance] else { return false }
        return entry.node == node && entry.uuid == mark.uuid && entry.volumes[disk.name] == disk.path
    }

    /// Whether the spec gives an adopted instance this file of its owner's.
    private static func isGiven(
        _ disk: DomainDefinition.Disk, to mark: DomainMark, _ evidence: Evidence
    ) -> Bool {
        guard mark.isAdopted, let instance = evidence.cluster.instances[mark.instance] else { return false }
        return instance.disks.contains { $0.name.text == disk.name && $0.path == disk.path }
    }

    private static func check(
        _ edit: DomainEdit, _ mark: DomainMark, _ domain: ObservedDomain, _ index: Int, _ step: Step,
        _ holders: Holders, _ evidence: Evidence
    ) -> [Violation] {
        checkMark(edit, mark, step, evidence) + checkSizes(edit, domain, step)
            + checkAddedDisks(mark, domain, step, evidence)
            + checkRemovedDisks(edit, mark, domain, index, step, evidence)
            + checkOwners(edit, mark, domain, step, holders)
    }

    /// An edit leaves the mark its own: of one cluster, UUID and part, and of an instance that no other domain has.
    private static func checkMark(
        _ edit: DomainEdit, _ mark: DomainMark, _ step: Step, _ evidence: Evidence
    ) -> [Violation] {
        var found: [Violation] = []
        // From one part of this run to another it goes with the file that it stands in.
        let keepsPart =
            edit.mark.part == mark.part
            || evidence.cluster.parts.isSuperset(of: [edit.mark.part, mark.part])
                && evidence.cluster.instances[edit.mark.instance]?.part == edit.mark.part
        if edit.mark.cluster != mark.cluster || edit.mark.uuid != mark.uuid || !keepsPart {
            found.append(Violation(.ownership, step.id, "the mark would belong to another domain"))
        }
        if edit.mark.instance != mark.instance, let other = evidence.seen[edit.mark.instance]?.first {
            found.append(Violation(.oneHome, step.id, "\(other.node) has instance \(edit.mark.instance)"))
        }
        return found
    }

    /// New amounts fit the domain's own topology and NUMA cells.
    private static func checkSizes(_ edit: DomainEdit, _ domain: ObservedDomain, _ step: Step) -> [Violation] {
        edit.items.compactMap { item in
            switch item {
            case .vcpus(let count) where domain.layout?.canHave(vcpus: count) == false:
                Violation(.update, step.id, "its topology does not allow \(count) vCPUs")
            case .memory where domain.layout?.hasCells == true:
                Violation(.update, step.id, "its NUMA cells add up to another amount of memory")
            default: nil
            }
        }
    }

    /// A disk that is added is new, kept for the instance, on record, or given by the spec; and no other domain has it.
    private static func checkAddedDisks(
        _ mark: DomainMark, _ domain: ObservedDomain, _ step: Step, _ evidence: Evidence
    ) -> [Violation] {
        var found: [Violation] = []
        let node = evidence.nodes[step.node]
        for disk in step.operation.addedDisks where !disk.isGiven {
            if domain.disks.contains(where: { $0.path == disk.path }) { continue }
            if let other = node?.domains.first(where: { other in
                other.uuid != domain.uuid && other.disks.contains { $0.path == disk.path }
            }) {
                found.append(Violation(.foreignName, step.id, "domain \(other.name) uses the file \(disk.path)"))
            } else if node?.volumes[disk.path] != nil, !isKeptDisk(disk.path, on: step.node, evidence),
                !isOnRecord(disk, of: mark, on: step.node, evidence), !isGiven(disk, to: mark, evidence),
                mark.trial?.files.contains(disk.path) != true
            {
                found.append(Violation(.foreignName, step.id, "\(disk.path) does not belong to this cluster"))
            }
        }
        return found
    }

    /// A disk that is taken away is a data disk, and is on record as kept before.
    private static func checkRemovedDisks(
        _ edit: DomainEdit, _ mark: DomainMark, _ domain: ObservedDomain, _ index: Int, _ step: Step,
        _ evidence: Evidence
    ) -> [Violation] {
        guard !mark.isAdopted else { return [] }
        var found: [Violation] = []
        for case .removeDisk(let name) in edit.items {
            guard let disk = domain.disks.first(where: { $0.name == name }),
                evidence.nodes[step.node]?.volumes[disk.path] != nil
            else { continue }
            if !disk.isData { found.append(Violation(.dataDisk, step.id, "it detaches \(name)")) }
            let isRecorded =
                isKeptDisk(disk.path, on: step.node, evidence)
                || evidence.requires(index) { other in
                    guard case .roster(.write(let roster)) = evidence.plan.steps[other].operation else { return false }
                    return roster.keptDisks.contains { $0.path == disk.path && $0.node == step.node }
                }
            if !isRecorded {
                found.append(Violation(.crashOrder, step.id, "no mark would refer to \(disk.path) any more"))
            }
        }
        return found
    }

    /// A MAC or address that an edit gives belongs to nobody else.
    private static func checkOwners(
        _ edit: DomainEdit, _ mark: DomainMark, _ domain: ObservedDomain, _ step: Step, _ holders: Holders
    ) -> [Violation] {
        var found: [Violation] = []
        let edited = edit.items.compactMap { if case .nic(let nic) = $0 { nic } else { nil } }
        for mac in edited.map(\.mac) {
            for owner in holders.macs[mac] ?? [] where owner.uuid != mark.uuid {
                found.append(Violation(.oneOwner, step.id, "\(owner.text) uses the MAC \(mac)"))
            }
        }
        let old = Set(mark.nics.values.compactMap(\.address))
        for (name, nic) in edit.mark.nics.sorted(by: { $0.key < $1.key }) {
            guard let address = nic.address, !old.contains(address) else { continue }
            let network =
                edited.first { $0.name == name }?.attachment ?? domain.nics.first { $0.name == name }?.attachment
            for owner in holders.addresses[address] ?? []
            where owner.uuid != mark.uuid && (owner.network == nil || network == nil || owner.network == network) {
                found.append(Violation(.oneOwner, step.id, "\(owner.text) uses the address \(address)"))
            }
        }
        return found
    }

    /// Who has which MAC and address now: gathered once for all edits.
    private struct Holders {
        struct Owner {
            var text: String
            var uuid: UniqueID
            var network: NICAttachment?
        }

        var macs: [MACAddress: [Owner]] = [:]
        var addresses: [IPv4Address: [Owner]] = [:]

        init(_ evidence: Evidence) {
            for (name, node) in evidence.nodes.inOrder() {
                for domain in node.domains {
                    let owner = Owner(text: "domain \(domain.name) on \(name)", uuid: domain.uuid)
                    for nic in domain.nics { macs[nic.mac, default: []].append(owner) }
                    guard Evidence.owns(evidence.identity, domain), let mark = domain.mark else { continue }
                    for (nic, given) in mark.nics {
                        guard let address = given.address else { continue }
                        var owner = owner
                        owner.network = domain.nics.first { $0.name == nic }?.attachment
                        addresses[address, default: []].append(owner)
                    }
                }
            }
        }
    }
}

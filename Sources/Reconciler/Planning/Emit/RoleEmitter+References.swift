import Spec

extension RoleEmitter {
    /// What the references of a role stand for, by their places below it.
    ///
    /// Roles are planned in the order of instances: by then it is known what those before will give, and whether anybody
    /// should be sent to them.
    func resolve<Kind: RoleKind>(
        _ wanted: Role, _ kind: Kind.Type, _ role: Name, _ observed: Kind.Observed?, _ instance: Instance
    ) throws(UnresolvedReference) -> [String: ResolvedReference] {
        var resolved: [String: ResolvedReference] = [:]
        for placed in wanted.references {
            switch placed.reference {
            case .members(let target, let network, let port, _):
                let names = order.instances(named: target)
                // Only who has the list of its own group is told which of them is the first.
                let isPeer = names.contains(instance.name)
                let first = try isPeer ? self.first(of: names, kind, role, placed.key) : nil
                let listed = Set(observed.flatMap(kind.serving)?.listed.map(\.name) ?? [])
                let fit = names.filter { name in
                    if isFit(name) { return true }
                    // Who is off goes from the lists of others; a peer stays one.
                    let isLeaving = !isPeer && isOff(name)
                    return listed.contains(name) && !isLeaving
                }
                resolved[placed.key] = .members(
                    fit.compactMap { name in
                        address(of: name, in: network).map {
                            Member(
                                name: name, address: $0, port: port, isSelf: name == instance.name,
                                isFirst: name == first)
                        }
                    })
            case .address(let target, let network, _):
                guard let address = address(of: target ?? instance.name, in: network) else {
                    throw UnresolvedReference(
                        reason: "\(target ?? instance.name) has no address in \(network)", key: placed.key)
                }
                resolved[placed.key] = .address(address)
            case .output(let target, let other, let output):
                resolved[placed.key] = try self.output(output, of: other, on: target, placed.key)
            }
        }
        return resolved
    }

    /// The instances that a role waits for: those that come before its own, and who begins a group that is all new.
    func awaited(by role: Role, of instance: Instance) -> [Name] {
        order.awaited(by: role, of: instance, in: cluster)
            + role.references.compactMap { placed -> Name? in
                guard case .members(let target, _, _, true) = placed.reference else { return nil }
                let names = order.instances(named: target)
                let isNew = names.allSatisfy { owned[$0] == nil && history.instances[$0] == nil }
                guard isNew, names.contains(instance.name), names.first != instance.name else { return nil }
                return names.first
            }
    }

    /// Those whom a role sends work to already, as it will: what it changes does not depend on whether they come back.
    ///
    /// Else a role that cannot take anybody out, since something is wrong with it, would wait for those who wait for
    /// that.
    func served<Kind: RoleKind>(
        by role: Role, _ kind: Kind.Type, _ observed: Kind.Observed?, _ resolved: [String: ResolvedReference]
    ) -> Set<Name> {
        guard let serving = observed.flatMap(kind.serving), serving.canDrain, serving.isUp else { return [] }
        let listed = Dictionary(serving.listed.map { ($0.name, $0) }) { first, _ in first }
        var served: Set<Name> = []
        for case .members(let members) in resolved.values {
            for member in members {
                guard let now = listed[member.name], now.address == member.address, now.port == member.port else {
                    continue
                }
                served.insert(member.name)
            }
        }
        for placed in role.references {
            if case .members = placed.reference { continue }
            served.subtract(placed.reference.target.map { order.instances(named: $0) } ?? [])
        }
        return served
    }

    private func isOff(_ name: Name) -> Bool { cluster.instances[name]?.power == .off }

    /// Whether anybody should be sent to an instance: it is to run and can be seen, and nothing about it is wrong.
    private func isFit(_ name: Name) -> Bool {
        guard let instance = cluster.instances[name], let home = home(of: name) else { return false }
        return wantedPower(of: instance) != .off && answered[home] != nil && !excluded.contains(name)
            && !unfit.contains(name)
    }

    /// The address that an instance has or gets in a network; of one of another part, what its mark says.
    private func address(of name: Name, in network: Name) -> IPv4Address? {
        guard let nic = cluster.instances[name]?.nics.first(where: { $0.network == network }) else { return nil }
        return (nics[name]?[nic.name] ?? owned[name]?.mark.nics[nic.name])?.address
    }

    /// The member that its group began with: the one whose guest says so, else the first that is there, else the first.
    private func first<Kind: RoleKind>(
        of names: [Name], _ kind: Kind.Type, _ role: Name, _ key: String
    ) throws(UnresolvedReference) -> Name? {
        var silent: Name?
        var begun: Name?
        for name in names {
            guard let domain = owned[name]?.domain, removals[name] == nil else {
                if owned[name] == nil, history.instances[name] != nil { silent = silent ?? name }
                continue
            }
            switch domain.roles[kind] {
            case .known(let known):
                guard known[role].map(kind.isFirst) == true else { continue }
                // One of them is wrong, or lies: whom the others follow is nothing to be guessed.
                if let begun {
                    throw UnresolvedReference(
                        reason: "\(begun) and \(name) both say that they are the first of their group", key: key,
                        isRefused: true, remedy: "remove the one that is not, and apply again")
                }
                begun = name
            case .unknown: silent = silent ?? name
            // Nobody asks a guest that does not run, and it may have been the first.
            case nil: if hasHad(role, domain) { silent = silent ?? name }
            }
        }
        if let begun { return begun }
        if let silent {
            throw UnresolvedReference(
                reason: "\(silent) was not asked, and may be the first of its group", key: key, isRefused: true)
        }
        return names.first { owned[$0] != nil } ?? names.first
    }

    private func hasHad(_ role: Name, _ domain: ObservedDomain) -> Bool {
        domain.mark.map { MarkedRole.all(in: $0).contains { $0.name == role } } ?? false
    }

    /// Whether an output stays as it is in this plan, by the word of the role's package.
    ///
    /// Only where nothing of the role changes but whom its lists have: what repairs it, or makes another of it, may give
    /// something else.
    private func isStable(_ output: String, of role: Name, on target: Name) -> Bool {
        guard removals[target] == nil, updates[target]?.update.replacesRoot != true, !unfit.contains(target),
            let wanted = cluster.instances[target]?.roles[role],
            wanted.outputs.contains(where: { $0.name == output && $0.isStable })
        else { return false }
        let path = "roles.\(role)"
        let lists = wanted.references.compactMap { placed -> String? in
            guard case .members = placed.reference else { return nil }
            return "\(path).\(placed.key.prefix { $0 != "." })"
        }
        let changes = graph.findings.changes.lazy.filter {
            $0.object.kind == .instance && $0.object.name == target.text
        }
        return changes.flatMap(\.fields).allSatisfy { field in
            guard field.path == path || field.path.hasPrefix("\(path).") else { return true }
            return field.origin == .edit && lists.contains { field.path == $0 || field.path.hasPrefix("\($0).") }
        }
    }

    /// What a role of another instance gives: at once where the plan leaves it as it is, else when it is ready.
    private func output(
        _ output: String, of role: Name, on target: Name, _ key: String
    ) throws(UnresolvedReference) -> ResolvedReference {
        let domain = owned[target]?.domain
        let known = domain?.roles.outputs(of: role)?[output]
        let isGiven = known != nil && known != .plain("")
        let isChanged = graph.isFulfilled(.back(target)) && !(isGiven && isStable(output, of: role, on: target))
        guard let home = home(of: target), isChanged || known != nil else {
            throw UnresolvedReference(reason: "\(target) does not say what \(role) gives as \(output)", key: key)
        }
        let given = (nics[target] ?? [:]).sorted { $0.key < $1.key }.compactMap(\.value.address)
        let place = GuestPlace(
            node: home, uuid: domain?.uuid ?? domainUUID(of: target), name: domain?.name ?? names.domain(target),
            addresses: given)
        guard !isChanged, let known else { return .pending(place) }
        return .output(known, at: place)
    }
}

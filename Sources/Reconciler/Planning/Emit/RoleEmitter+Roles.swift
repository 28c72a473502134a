import Spec

extension RoleEmitter {
    /// Brings the roles of running guests to what the spec wants, one member of a group after the other.
    mutating func planRoles() {
        guard !isDestroy else { return }
        let planned = StepsBeforeRoles(graph)
        for instance in (existing + missing).sorted(by: { $0.name < $1.name }) where hasRoles(instance) {
            guard let node = home(of: instance.name), answered[node] != nil, awaitingMigration[instance.name] == nil,
                !excluded.contains(instance.name), wantedPower(of: instance) != .off
            else { continue }
            let owned = removals[instance.name] == nil ? owned[instance.name] : nil
            if instance.power == .keep, owned?.domain.power != .running { continue }
            guard moves[instance.name] == nil else {
                let left = owned.map { MarkedRole.all(in: $0.mark) } ?? []
                for words in words(of: instance, left, owned?.domain) {
                    graph.findings.note(
                        about: [.instance(instance.name, on: owned?.node)],
                        "\(words.subjectOf(instance.name)) is checked by the next plan: the instance is migrated first")
                }
                continue
            }
            planRoles(of: instance, on: node, owned, planned)
        }
    }

    /// Whether it has a role now, or had one that is to be cleared away.
    private func hasRoles(_ instance: Instance) -> Bool {
        !instance.roles.isEmpty || owned[instance.name].map { !MarkedRole.all(in: $0.mark).isEmpty } ?? false
    }

    /// How the kinds of an instance's roles are spoken of, those that it has and those that left the spec.
    private func words(of instance: Instance, _ left: [MarkedRole], _ domain: ObservedDomain?) -> [RoleWords] {
        let kinds = instance.roles.values.compactMap { $0.kind } + left.compactMap { domain?.roles.kind($0.kind) }
        return Dictionary(kinds.map { ($0.key, $0.words) }) { first, _ in first }.sorted { $0.key < $1.key }.map(
            \.value)
    }

    private mutating func planRoles(
        of instance: Instance, on node: Name, _ owned: OwnedDomain?, _ planned: StepsBeforeRoles
    ) {
        let object = ObjectReference(.instance, instance.name.text, on: node)
        let boots = planned.boots.contains(object)
        var work = RoleWork(
            instance: instance, node: node, uuid: owned?.domain.uuid ?? names.domainUUID(instance.name),
            name: owned?.domain.name ?? names.domain(instance.name), address: roleAddress(of: instance, owned),
            isBooting: boots || owned?.domain.power != .running, isNew: owned == nil || isHalfMade(instance))
        // What cannot be started now can offer nothing.
        guard boots || !work.isBooting else { return }
        work.last = planned.last[object]
        work.creations = planned.creations[object] ?? []
        if !work.isBooting { work.domain = owned?.domain }
        let marked = owned.map { MarkedRole.all(in: $0.mark) } ?? []
        for (role, wanted) in instance.roles.sorted(by: { $0.key < $1.key }) {
            guard let kind = wanted.kind else { continue }
            plan(kind, role, wanted, &work)
        }
        if owned != nil, !work.isNew, !work.isBooting {
            for left in marked where instance.roles[left.name]?.key != left.kind { planRemoval(of: left, &work) }
        }
        note(work, owned)
    }

    private func roleAddress(of instance: Instance, _ owned: OwnedDomain?) -> IPv4Address? {
        for nic in instance.nics {
            if let address = nics[instance.name]?[nic.name]?.address { return address }
        }
        return owned?.domain.provenAddress
    }

    /// Clears away what a role made that left the spec, or that is of another kind now.
    private mutating func planRemoval(of left: MarkedRole, _ work: inout RoleWork) {
        guard let kind = work.domain?.roles.kind(left.kind) else {
            let isWanted = work.instance.roles.values.contains { $0.key == left.kind }
            // What is wanted of a kind that nobody asked for has been said.
            if !isWanted {
                graph.findings.unknowns.append(
                    Plan.Unknown(
                        work.object,
                        reason: "\(left.name), a role of the kind \(left.kind), is kept: its guest was not asked",
                        position: work.instance.position))
            }
            work.kept.append(left)
            return
        }
        plan(kind, left.name, nil, &work)
    }

    /// Decides about one role.
    private mutating func plan<Kind: RoleKind>(
        _ kind: Kind.Type, _ role: Name, _ wanted: Role?, _ work: inout RoleWork
    ) {
        var observed: Kind.Observed?
        if !work.isBooting {
            switch work.domain?.roles[kind] {
            case .known(let known): observed = known[role]
            case .unknown(let why): return leave(kind, role, isWanted: wanted != nil, why, &work)
            case nil: return leave(kind, role, isWanted: wanted != nil, "it was not asked", &work)
            }
        }
        let context = RoleContext<Kind>(
            role: role, instance: work.instance, object: work.object, isBooting: work.isBooting, isNew: work.isNew,
            answers: answers[kind], inputs: inputs)
        let outcome = kind.diff(wanted?.value(of: kind), observed, context)
        for text in outcome.notices { graph.findings.note(about: [work.object], text) }
        graph.findings.refusals += outcome.refusals
        graph.findings.unknowns += outcome.unknowns
        guard let action = outcome.action else { return }
        // A new machine's line says it all; what an old one has after its boot is not known before.
        if !work.isBooting {
            work.fields += outcome.fields
            work.changed[kind.key] = kind.words.subject
        } else if work.isNew, let detail = outcome.detail {
            for index in work.creations { graph.findings.changes[index].details.append(detail) }
        }
        add(
            RoleStep(kind, uuid: work.uuid, name: work.name, role: role, address: work.address, action: action),
            called: kind.words.step, &work)
    }

    /// Says once for each kind that nobody knows what the guest has.
    private mutating func leave<Kind: RoleKind>(
        _ kind: Kind.Type, _ role: Name, isWanted: Bool, _ why: String, _ work: inout RoleWork
    ) {
        if !isWanted { work.kept.append(MarkedRole(name: role, kind: kind.key)) }
        guard work.unread.insert(kind.key).inserted else { return }
        graph.findings.unknowns.append(
            Plan.Unknown(
                work.object, reason: "\(kind.words.subject) cannot be read and is left unchanged: \(why)",
                position: work.instance.position))
    }
}

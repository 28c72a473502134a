import Spec

extension RoleEmitter {
    /// Brings the roles of running guests to what the spec wants, one member of a group after the other.
    mutating func planRoles() {
        guard !isDestroy else { return }
        let planned = StepsBeforeRoles(graph)
        noteFailures()
        let wanted = (existing + missing).filter(hasRoles)
        let turns = wanted.map { (rank: order.rank(of: $0.name), name: $0.name) }
        for place in wanted.indices.sorted(by: { turns[$0] < turns[$1] }) {
            let instance = wanted[place]
            guard let node = home(of: instance.name), answered[node] != nil, awaitingMigration[instance.name] == nil,
                !excluded.contains(instance.name), wantedPower(of: instance) != .off
            else { continue }
            let owned = removals[instance.name] == nil ? owned[instance.name] : nil
            if instance.power == .keep, owned?.domain.power != .running { continue }
            guard moves[instance.name] == nil else {
                let left = owned?.markedRoles ?? []
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

    /// Notes what failed on members of groups: it is not tried on the others.
    ///
    /// That is the guests' own word, and who loses its root disk has none: whoever took a guest over keeps nothing from the
    /// others once it is replaced.
    private mutating func noteFailures() {
        for instance in existing {
            guard let group = instance.group, let domain = owned[instance.name]?.domain,
                removals[instance.name] == nil, updates[instance.name]?.update.replacesRoot != true
            else { continue }
            let failed = domain.roles.failedAttempts(on: instance.name)
            if !failed.isEmpty { failedAttempts[group, default: []] += failed }
        }
    }

    /// What was tried of a role on other members of the group and taken back.
    private func failures(of role: Name, besides instance: Instance) -> [FailedAttempt] {
        guard let group = instance.group else { return [] }
        return (failedAttempts[group] ?? []).filter { $0.role == role && $0.attempt.instance != instance.name }
            .map(\.attempt)
    }

    /// Whether it has a role now, or had one that is to be cleared away.
    private func hasRoles(_ instance: Instance) -> Bool {
        !instance.roles.isEmpty || !(owned[instance.name]?.markedRoles.isEmpty ?? true)
            || owned[instance.name]?.mark.roleTrial != nil
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
        let isRunning = owned?.domain.power == .running
        var work = RoleWork(
            instance: instance, node: node, uuid: owned?.domain.uuid ?? domainUUID(of: instance.name),
            name: owned?.domain.name ?? names.domain(instance.name), reach: reach(of: instance, owned),
            isBooting: boots || !isRunning, isNew: owned == nil || isHalfMade(instance))
        // What cannot be started now can offer nothing.
        guard boots || !work.isBooting else { return }
        work.last = planned.last[object]
        work.record = planned.records[object]
        work.change = planned.changes[object]
        work.roles = owned?.domain.roles ?? ObservedRoles()
        work.isSeen = isRunning && updates[instance.name]?.update.replacesRoot != true
        work.applied = work.isNew ? nil : planned.applied[object] ?? owned?.mark.applied
        guard !holdsRoles(&work, owned) else { return }
        let left = (owned?.markedRoles ?? []).filter { instance.roles[$0.name]?.key != $0.kind }
        let waiting = owned != nil && !work.isNew ? planSwitches(left, &work) : []
        plan(instance.roles.keys.filter { !waiting.contains($0) }, &work)
        if owned != nil, !work.isNew {
            // The others come last: what another role wants of theirs, it takes over.
            for role in left where instance.roles[role.name] == nil { planRemoval(of: role, &work) }
        }
        emit(work)
    }

    /// Clears away what names had that are of another kind now, and gives the names that have to wait since that cannot be done.
    ///
    /// What other roles take over from it comes before: afterwards they would not find what the plan saw.
    private mutating func planSwitches(_ left: [MarkedRole], _ work: inout RoleWork) -> Set<Name> {
        let switched = left.filter { work.instance.roles[$0.name] != nil }
        let handing = switched.filter { work.roles.kind($0.kind)?.handsOver ?? false }
        var open = switched.filter { !handing.contains($0) } + handing
        var waiting: Set<Name> = []
        while let role = open.first {
            if handing.contains(role) {
                let heirs = work.instance.roles.filter { name, wanted in
                    wanted.key == role.kind && !waiting.contains(name) && !open.contains { $0.name == name }
                }
                plan(Array(heirs.keys), &work)
            }
            open.removeFirst()
            if !planRemoval(of: role, &work) { waiting.insert(role.name) }
        }
        return waiting
    }

    /// Decides about roles of the spec, by name, each once.
    private mutating func plan(_ roles: [Name], _ work: inout RoleWork) {
        for role in roles.sorted() where work.planned.insert(role).inserted {
            guard let wanted = work.instance.roles[role], let kind = wanted.kind else { continue }
            plan(kind, role, wanted, &work)
        }
    }

    /// Clears away what a role made that left the spec, or that is of another kind now; whether that is planned.
    @discardableResult
    private mutating func planRemoval(of left: MarkedRole, _ work: inout RoleWork) -> Bool {
        let count = work.steps.count
        guard let kind = work.roles.kind(left.kind) else {
            let isWanted = work.instance.roles.values.contains { $0.key == left.kind }
            // What is wanted of a kind that nobody asked for has been said.
            if !isWanted {
                graph.findings.unknowns.append(
                    Plan.Unknown(
                        work.object,
                        reason: "\(left.name), a role of the kind \(left.kind), is kept: its guest was not asked",
                        position: work.instance.position))
            }
            return false
        }
        plan(kind, left.name, nil, &work)
        return work.steps.count > count
    }

    /// Decides about one role.
    private mutating func plan<Kind: RoleKind>(
        _ kind: Kind.Type, _ role: Name, _ wanted: Role?, _ work: inout RoleWork
    ) {
        var observed: Kind.Observed?
        var isSeen = work.isSeen
        if work.isSeen {
            switch work.roles[kind] {
            case .known(let known): observed = known[role]
            // What is there after the boot decides.
            case .unknown, nil: isSeen = false
            }
        }
        if !isSeen, !work.isBooting {
            var why = "it was not asked"
            if case .unknown(let words)? = work.roles[kind] { why = words }
            return leave(kind, why, &work)
        }
        var resolved: [String: ResolvedReference] = [:]
        do throws(UnresolvedReference) {
            if let wanted { resolved = try resolve(wanted, kind, role, observed, work.instance) }
        } catch {
            return leave(role, as: wanted, since: error, &work)
        }
        let context = RoleContext<Kind>(
            role: role, instance: work.instance, object: work.object, isBooting: work.isBooting, isSeen: isSeen,
            isNew: work.isNew, answers: answers[kind], inputs: inputs, retries: options.retries, resolved: resolved,
            failedElsewhere: failures(of: role, besides: work.instance), address: work.reach.address)
        let outcome = kind.diff(wanted?.value(of: kind), observed, context)
        note(outcome, kind.words, work)
        if !outcome.refusals.isEmpty || !outcome.unknowns.isEmpty { work.undecided.insert(role) }
        if outcome.blocked != nil, let observed, hasFailed(role, kind, observed, work) { work.hasFailed = true }
        guard let action = outcome.blocked == nil ? outcome.action : nil else {
            if wanted != nil, observed != nil { work.present.insert(MarkedRole(name: role, kind: kind.key)) }
            return
        }
        if !outcome.fields.isEmpty {
            work.fields += outcome.fields
            work.changed[kind.key] = kind.words.subject
        } else if let detail = outcome.detail, let index = work.change {
            graph.findings.changes[index].details.append(detail)
        }
        work.steps.append(
            (
                RoleStep(kind, uuid: work.uuid, name: work.name, role: role, reach: work.reach, action: action),
                kind.words.step,
                wanted.map { role in
                    let names = awaited(by: role, of: work.instance)
                    let served = isSeen && !work.isBooting ? served(by: role, kind, observed, resolved) : []
                    return AwaitedInstances(
                        required: names.filter { !served.contains($0) }, ended: names.filter(served.contains))
                } ?? AwaitedInstances()
            ))
    }

    /// Notes what is to be said of a role beside its change, and whether anybody should be sent to its instance.
    private mutating func note<Action: RoleAction>(
        _ outcome: RoleOutcome<Action>, _ words: RoleWords, _ work: RoleWork
    ) {
        for text in outcome.notices { graph.findings.note(about: [work.object], text) }
        graph.findings.refusals += outcome.refusals
        graph.findings.unknowns += outcome.unknowns
        if let why = outcome.blocked {
            graph.findings.changes.append(
                Change(
                    .update, work.object, reason: "\(words.subject) differs", fields: outcome.fields, blocked: why,
                    position: work.instance.position))
        }
        if outcome.isUnfit || outcome.blocked != nil || !outcome.refusals.isEmpty || !outcome.unknowns.isEmpty {
            unfit.insert(work.instance.name)
        }
    }

    /// Says once for each kind that nobody knows what the guest has.
    private mutating func leave<Kind: RoleKind>(_ kind: Kind.Type, _ why: String, _ work: inout RoleWork) {
        unfit.insert(work.instance.name)
        guard work.unread.insert(kind.key).inserted else { return }
        graph.findings.unknowns.append(
            Plan.Unknown(
                work.object, reason: "\(kind.words.subject) cannot be read and is left unchanged: \(why)",
                position: work.instance.position))
    }

    /// Says that a role stays as it is, as it is not known what it refers to.
    private mutating func leave(
        _ role: Name, as wanted: Role?, since error: UnresolvedReference, _ work: inout RoleWork
    ) {
        unfit.insert(work.instance.name)
        work.undecided.insert(role)
        let place = work.instance.position(of: wanted?.path(named: role) ?? "roles.\(role)", error.key)
        if error.isRefused {
            graph.findings.refusals.append(
                Plan.Refusal(
                    work.object, reason: "\(role) is not changed: \(error.reason)",
                    remedy: error.remedy ?? "apply again when it answers", position: place))
        } else {
            graph.findings.unknowns.append(
                Plan.Unknown(work.object, reason: "\(role) is left unchanged: \(error.reason)", position: place))
        }
    }
}

import Spec

/// Holds guests to their firewalls, before they run anywhere, and ends what nobody needs.
///
/// It comes after all that starts, moves, plugs and removes guests.
struct FirewallEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// The steps that bring a guest onto a node, or give it a NIC there.
    private var arrivals: [Location: [StepID]] = [:]
    /// The steps after which a guest is gone from a node.
    private var endings: [Location: [StepID]] = [:]
    /// The instances without a firewall, by their domains' UUIDs.
    private var unfiltered: [UniqueID: Instance] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        let hasFilters = answered.values.contains { !$0.filters.isEmpty }
        guard hasFilters || cluster.instances.values.contains(where: { $0.firewall != nil }) else { return }
        for step in graph.steps {
            if let place = step.arrival { arrivals[place, default: []].append(step.id) }
            if let place = step.ending { endings[place, default: []].append(step.id) }
        }
        var kept: Set<Location> = []
        for instance in existing + missing where instance.firewall != nil {
            guard let uuid = uuid(of: instance.name) else { continue }
            for node in nodes(of: instance) {
                kept.insert(Location(node: node, what: uuid.text))
                keep(instance, uuid, on: node)
            }
        }
        guard hasFilters else { return }
        for instance in existing + missing where instance.firewall == nil {
            if let uuid = uuid(of: instance.name) { unfiltered[uuid] = instance }
        }
        for node in answeredNames { clear(on: node, besides: kept) }
    }

    private func uuid(of instance: Name) -> UniqueID? {
        owned[instance]?.domain.uuid ?? domainUUID(of: instance)
    }

    /// Where an instance is filtered: at both ends of a move.
    private func nodes(of instance: Instance) -> [Name] {
        guard let owned = owned[instance.name] else {
            return [placements[instance.name]?.node].compactMap(\.self)
        }
        // What moves is filtered where it comes from by what is there already.
        return [moves[instance.name]?.to ?? owned.node]
    }

    private mutating func keep(_ instance: Instance, _ uuid: UniqueID, on node: Name) {
        guard let observed = answered[node] else { return }
        let place = Location(node: node, what: uuid.text)
        let final = filter(of: instance, uuid, isFinal: true)
        let first = filter(of: instance, uuid, isFinal: false)
        let there = observed.filters[uuid]
        let isThere = owned[instance.name].map { $0.node == node } ?? false
        var steps: [StepID] = []
        let fields = differences(there, first, isThere ? owned[instance.name]?.domain : nil, observed, place)
        if !fields.isEmpty {
            let step = StepID("\(node)/instance/\(instance.name)/firewall")
            add(
                PlannedStep(
                    id: step, node: node, object: .instance(instance.name, on: node), operation: .firewall(.set(first)))
            )
            steps.append(step)
            // What moves has it where it comes from, and there it says what changes.
            let before = owned[instance.name].flatMap { $0.node == node ? nil : answered[$0.node]?.filters[uuid] }
            if before?.lines != first.lines { show(fields, instance, on: node) }
        }
        for arrival in arrivals[place] ?? [] where !steps.isEmpty { graph.require(.step(steps[0]), before: arrival) }
        steps += holdAgain(instance, first, on: node, place)
        guard final != first, final.lines != there?.lines || !steps.isEmpty else { return }
        // Who goes is let in until it has gone.
        let step = StepID("\(node)/instance/\(instance.name)/firewall-after")
        let going = classification.deletions.filter { deletion in
            names(in: instance).contains { isMember(deletion.owned.mark.instance, of: $0) }
        }
        add(
            PlannedStep(
                id: step, node: node, object: .instance(instance.name, on: node), operation: .firewall(.set(final)),
                requires: (steps + going.map(\.undefinition)).map(Requirement.step)))
        guard steps.isEmpty else { return }
        show(
            [change(there?.lines ?? [], final.lines, .edit)].compactMap(\.self), instance, on: node)
    }

    /// Sets the filter of a guest once more when it has started with an interface whose name libvirt chose, as one does whose saved
    /// memory fits only the definition that it has.
    private mutating func holdAgain(
        _ instance: Instance, _ filter: GuestFilter, on node: Name, _ place: Location
    ) -> [StepID] {
        guard let owned = owned[instance.name], owned.node == node, owned.mark.phase == .active,
            let start = arrivals[place]?.first(where: { $0.text.hasSuffix("/start") }),
            owned.domain.nics.contains(where: { nic in
                nic.tap != nic.mac.tapName && filter.nics.contains { $0.mac == nic.mac }
            }),
            !(updates[instance.name]?.update.items ?? []).contains(where: \.namesTap)
        else { return [] }
        let step = StepID("\(node)/instance/\(instance.name)/firewall-again")
        add(
            PlannedStep(
                id: step, node: node, object: .instance(instance.name, on: node), operation: .firewall(.set(filter)),
                requires: [.step(start)]))
        return [step]
    }

    /// What of a guest's filter is not as it is to be, where that matters now.
    private func differences(
        _ there: ObservedFilter?, _ wanted: GuestFilter, _ domain: ObservedDomain?, _ node: ObservedNode,
        _ place: Location
    ) -> [FieldChange] {
        guard let there else { return [change([], wanted.lines, .edit)].compactMap(\.self) }
        if let changed = change(there.lines, wanted.lines, .edit) { return [changed] }
        func drift(_ path: String, _ old: String, _ new: String) -> FieldChange {
            FieldChange(path: path, old: old, new: new, effect: .live, origin: .drift)
        }
        var found: [FieldChange] = []
        let isUsed = domain?.power == .running || domain?.power == .paused || arrivals[place] != nil
        if there.state == .edited || there.state == .unloaded && isUsed {
            found.append(drift("firewall", there.state.rawValue, ObservedFilter.State.loaded.rawValue))
        } else if isUsed {
            let known = Set(wanted.nics.map(\.mac.tapName))
            let live = domain?.running.map { running in
                Set(running.nics.filter { nic in wanted.nics.contains { $0.mac == nic.mac } }.compactMap(\.tap))
            }
            let missing = (live ?? []).union(known).subtracting(there.taps)
            // One that the guest no longer has may be another's now.
            let extra = there.taps.subtracting(known).subtracting(live ?? [])
            if !missing.isEmpty {
                found.append(drift("firewall", "not at \(missing.sorted().joined(separator: " "))", "loaded"))
            } else if !extra.isEmpty {
                found.append(drift("firewall", "also at \(extra.sorted().joined(separator: " "))", "loaded"))
            }
        }
        if let hook = node.filterHook, hook != .present {
            found.append(drift("firewall hook", "\(hook)", "\(NodeHook.present)"))
        }
        return found
    }

    /// What two filters do not both say, without whose they are.
    private func change(_ old: [String], _ new: [String], _ origin: FieldChange.Origin) -> FieldChange? {
        guard old != new else { return nil }
        let (before, after) = (Array(old.dropFirst()), Array(new.dropFirst()))
        let gone = before.filter { !after.contains($0) }
        let came = after.filter { !before.contains($0) }
        func text(_ lines: [String]) -> String? { lines.isEmpty ? nil : lines.joined(separator: "; ") }
        let isSame = gone.isEmpty && came.isEmpty
        return FieldChange(
            path: "firewall", old: isSame ? old.first : text(gone),
            new: isSame ? new.first : text(came), effect: .live, origin: origin)
    }

    /// Adds to the line of the plan that speaks of the instance already, or makes one.
    private mutating func show(_ fields: [FieldChange], _ instance: Instance, on node: Name) {
        var fields = fields
        for index in fields.indices {
            fields[index].position = instance.positions["firewall"] ?? instance.position
        }
        let line = graph.findings.changes.firstIndex { change in
            change.object.kind == .instance && change.object.name == instance.name.text && change.blocked == nil
                && [.create, .update, .migrate, .replace].contains(change.action)
        }
        guard let line else {
            graph.findings.changes.append(
                Change(
                    .update, .instance(instance.name, on: node), reason: "its firewall is not as the spec has it",
                    fields: fields, position: instance.position))
            return
        }
        if graph.findings.changes[line].action == .create {
            graph.findings.changes[line].details += fields.compactMap(\.new).map { "firewall: \($0)" }
        } else {
            graph.findings.changes[line].fields += fields
        }
    }

    /// Ends the filters on a node that nobody needs there any more.
    private mutating func clear(on node: Name, besides kept: Set<Location>) {
        guard let observed = answered[node] else { return }
        for (uuid, filter) in observed.filters.sorted(by: { $0.key.text < $1.key.text }) {
            let place = Location(node: node, what: uuid.text)
            guard !kept.contains(place), let former = filter.instance(in: identity) else { continue }
            let name = unfiltered[uuid]?.name ?? former
            let step = StepID("\(node)/instance/\(name)/clear-firewall")
            var requires = endings[place] ?? []
            if let instance = unfiltered[uuid], nodes(of: instance).contains(node) {
                // What stays, or is made there, loses it only where the spec says so.
                requires = []
                if owned[instance.name]?.node == node {
                    show([change(filter.lines, [], .edit)].compactMap(\.self), instance, on: node)
                }
                for arrival in arrivals[place] ?? [] { graph.require(.step(step), before: arrival) }
            } else if requires.isEmpty {
                // What is on its way there may arrive after all.
                let isComing = unfinishedMigrations.values.contains { [$0.move.from, $0.move.to].contains(node) }
                guard arrivals[place] == nil, !isComing, !observed.domains.contains(where: { $0.uuid == uuid }) else {
                    continue
                }
            }
            add(
                PlannedStep(
                    id: step, node: node, object: .instance(name, on: node),
                    operation: .firewall(.clear(uuid: uuid, instance: name)), requires: requires.map(Requirement.step)))
        }
    }
}

extension DomainEdit.Item {
    fileprivate var namesTap: Bool { if case .ownTap = self { true } else { false } }
}

extension PlannedStep {
    /// Where it brings a guest, or gives one a NIC.
    fileprivate var arrival: Location? {
        switch operation {
        case .domain(.start(let uuid, _)): Location(node: node, what: uuid.text)
        case .update(let update):
            switch update.action {
            case .plugNIC, .moveNIC: Location(node: node, what: update.uuid.text)
            default: nil
            }
        case .move(let part) where part.stage == .migrate || part.stage == .relocate:
            Location(node: part.move.to, what: part.move.uuid.text)
        default: nil
        }
    }

    /// Where a guest is gone afterwards.
    fileprivate var ending: Location? {
        switch operation {
        case .domain(.undefine(let uuid, _)): Location(node: node, what: uuid.text)
        case .move(let part) where part.stage == .leave || part.stage == .discard:
            Location(node: node, what: part.move.uuid.text)
        default: nil
        }
    }
}

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
    /// The steps that end a guest's filter on a node.
    private var clearing: [Location: StepID] = [:]
    /// Instances of which the plan says what changes.
    private var told: Set<Name> = []
    /// The instances without a firewall, by their domains' UUIDs.
    private var unfiltered: [UniqueID: Instance] = [:]
    /// The instances that this plan makes.
    private(set) var made: Set<Name> = []

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        let hasFilters = answered.values.contains { !$0.filters.isEmpty }
        guard hasFilters || cluster.instances.values.contains(where: { $0.firewall != nil }) else { return }
        made = Set(toMake.map(\.name))
        for step in graph.steps {
            if let place = step.arrival { arrivals[place, default: []].append(step.id) }
            if let place = step.ending { endings[place, default: []].append(step.id) }
        }
        // Also of those that are left alone: what was refused is another change.
        let all = identities.existing + missing
        var homes: Set<Location> = []
        for instance in all {
            if instance.firewall == nil {
                unfiltered[uuid(of: instance.name)] = instance
            } else if let home = home(of: instance.name) {
                homes.insert(Location(node: home, what: uuid(of: instance.name).text))
            }
        }
        if hasFilters { for node in answeredNames { clear(on: node, besides: homes) } }
        for instance in all where instance.firewall != nil {
            guard let home = home(of: instance.name) else { continue }
            if let source = moves[instance.name]?.from, source != home { holdUntilGone(instance, on: source) }
            hold(instance, on: home)
        }
    }

    private func uuid(of instance: Name) -> UniqueID {
        owned[instance]?.domain.uuid ?? domainUUID(of: instance)
    }

    /// Holds a guest to its filter where it moves away from: that may take hours, or fail.
    private mutating func holdUntilGone(_ instance: Instance, on node: Name) {
        let place = Location(node: node, what: uuid(of: instance.name).text)
        guard let step = set(filter(of: instance, isFinal: false, on: node), instance, on: node, place) else { return }
        // It may go on, or be started, before it moves.
        for arrival in arrivals[place] ?? [] { graph.require(.step(step), before: arrival) }
        let clear = StepID("\(node)/instance/\(instance.name)/clear-firewall")
        if answered[node]?.filters[uuid(of: instance.name)] == nil {
            end(uuid(of: instance.name), instance.name, on: node, after: (endings[place] ?? []) + [step])
        } else {
            graph.require(.step(step), before: clear)
        }
    }

    private mutating func hold(_ instance: Instance, on node: Name) {
        guard let observed = answered[node] else { return }
        let uuid = uuid(of: instance.name)
        let place = Location(node: node, what: uuid.text)
        let first = filter(of: instance, isFinal: false, on: node)
        let final = filter(of: instance, isFinal: true, on: node)
        var steps = [set(first, instance, on: node, place)].compactMap(\.self)
        for arrival in arrivals[place] ?? [] where !steps.isEmpty { graph.require(.step(steps[0]), before: arrival) }
        steps += holdAgain(instance, first, on: node, place)
        noteGaps(instance, first, on: observed)
        guard final != first, final.lines != observed.filters[uuid]?.lines || !steps.isEmpty else { return }
        // Who goes is let in until it has gone, and what a guest has is its own until it has something else.
        let step = StepID("\(node)/instance/\(instance.name)/firewall-after")
        let concerned = [instance.name] + members(of: instance).map(\.name)
        let changes = concerned.map(Requirement.recorded).filter(graph.isFulfilled)
        let going = leavers(of: instance).map { Requirement.step($0.undefinition) }
        add(
            PlannedStep(
                id: step, node: node, object: .instance(instance.name, on: node), operation: .firewall(.set(final)),
                requires: steps.map(Requirement.step) + changes + going))
        guard steps.isEmpty else { return }
        show([change(observed.filters[uuid]?.lines ?? [], final.lines)].compactMap(\.self), instance, on: node)
    }

    /// Sets a filter where it is not as it is to be; the step that does.
    private mutating func set(
        _ filter: GuestFilter, _ instance: Instance, on node: Name, _ place: Location
    ) -> StepID? {
        guard let observed = answered[node] else { return nil }
        let domain = owned[instance.name].flatMap { $0.node == node ? $0.domain : nil }
        let fields = differences(filter, domain, observed, place)
        guard !fields.isEmpty else { return nil }
        let step = StepID("\(node)/instance/\(instance.name)/firewall")
        // A tap has one filter: one that another guest had of the same MAC goes first.
        let taps = Set(filter.nics.map(\.mac.tapName))
        let others = observed.filters.filter { $0.key != filter.uuid && !$0.value.taps.isDisjoint(with: taps) }
        add(
            PlannedStep(
                id: step, node: node, object: .instance(instance.name, on: node), operation: .firewall(.set(filter)),
                requires: others.keys.compactMap { clearing[Location(node: node, what: $0.text)] }.map(Requirement.step)
            ))
        if told.insert(instance.name).inserted {
            // What only moves has it already where it comes from.
            let before = owned[instance.name].flatMap {
                $0.node == node ? nil : answered[$0.node]?.filters[filter.uuid]
            }
            if before?.lines != filter.lines { show(fields, instance, on: node) }
        }
        return step
    }

    /// Says what no filter can hold.
    private mutating func noteGaps(_ instance: Instance, _ filter: GuestFilter, on node: ObservedNode) {
        let object = ObjectReference.instance(instance.name, on: node.name)
        for name in members(of: instance).filter({ addresses(of: $0, in: nil, isFinal: true).isEmpty }).map(\.name) {
            graph.findings.note(
                about: [object],
                "the firewall of \(object) cannot name \(name), whose address nobody knows; give it one, or write addresses"
            )
        }
        guard let owned = owned[instance.name], owned.node == node.name, let running = owned.domain.running else {
            return
        }
        for nic in running.nics {
            if !filter.nics.contains(where: { $0.mac == nic.mac }) {
                graph.findings.note(
                    about: [object],
                    "\(object) has an interface that is not in the spec, \(nic.tap ?? "\(nic.mac)"): its firewall does not hold it"
                )
                continue
            }
            guard let tap = nic.tap,
                case .existing? = instance.nics.first(where: { $0.name == nic.name })
                    .flatMap({ cluster.networks[$0.network] })?.mode.link, node.bridgePorts[tap] == nil
            else { continue }
            graph.findings.changes.append(
                Change(
                    .update, object, reason: "its firewall is not enforced at \(nic.name ?? instance.name)",
                    blocked: "\(tap) on \(node.name) is no port of a Linux bridge, and no other can have a firewall",
                    position: instance.positions["firewall"] ?? instance.position))
        }
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
        _ wanted: GuestFilter, _ domain: ObservedDomain?, _ node: ObservedNode, _ place: Location
    ) -> [FieldChange] {
        let there = node.filters[wanted.uuid]
        if let changed = change(there?.lines ?? [], wanted.lines) { return [changed] }
        guard let there else { return [] }
        func drift(_ path: String, _ old: String, _ new: String = "enforced on \(node.name)") -> [FieldChange] {
            [FieldChange(path: path, old: old, new: new, effect: .live, origin: .drift)]
        }
        let isUsed = domain?.power == .running || domain?.power == .paused || arrivals[place] != nil
        if there.state == .edited { return drift("firewall", "changed by hand") }
        if there.state == .unloaded, isUsed { return drift("firewall", "not loaded") }
        if isUsed {
            let own = Set(wanted.nics.map(\.mac.tapName))
            let live = Set(
                (domain?.running?.nics ?? []).filter { nic in wanted.nics.contains { $0.mac == nic.mac } }
                    .compactMap(\.tap))
            let missing = live.union(own).subtracting(there.taps)
            // One that the guest no longer has may be another's now.
            let extra = there.taps.subtracting(own).subtracting(live)
            if !missing.isEmpty {
                return drift("firewall", "not enforced at interface \(missing.sorted().joined(separator: ", "))")
            }
            if !extra.isEmpty {
                return drift(
                    "firewall", "also enforced at interface \(extra.sorted().joined(separator: ", ")), of another guest"
                )
            }
        }
        if let hook = node.filterHook, hook != .present {
            return drift("firewall hook", "\(hook)", "\(NodeHook.present)")
        }
        return []
    }

    /// What two filters do not both say, without whose they are.
    private func change(_ old: [String], _ new: [String]) -> FieldChange? {
        guard old != new else { return nil }
        let (before, after) = (Array(old.dropFirst()), Array(new.dropFirst()))
        let gone = before.filter { !after.contains($0) }
        let came = after.filter { !before.contains($0) }
        func text(_ lines: [String]) -> String? { lines.isEmpty ? nil : lines.joined(separator: "; ") }
        let isSame = gone.isEmpty && came.isEmpty
        return FieldChange(
            path: "firewall", old: isSame ? old.first : text(gone), new: isSame ? new.first : text(came), effect: .live,
            origin: .edit)
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
            var requires = endings[place] ?? []
            if let instance = unfiltered[uuid], home(of: instance.name) == node || owned[instance.name]?.node == node {
                // What stays, moves away or is made there loses it at once: the spec says so.
                requires = []
                if owned[instance.name]?.node == node {
                    show([change(filter.lines, [])].compactMap(\.self), instance, on: node)
                }
            } else if requires.isEmpty {
                // What is on its way there may arrive after all.
                let isComing = unfinishedMigrations.values.contains { [$0.move.from, $0.move.to].contains(node) }
                guard arrivals[place] == nil, !isComing, !observed.domains.contains(where: { $0.uuid == uuid }) else {
                    continue
                }
            }
            let step = end(uuid, unfiltered[uuid]?.name ?? former, on: node, after: requires)
            guard unfiltered[uuid] != nil else { continue }
            for arrival in arrivals[place] ?? [] { graph.require(.step(step), before: arrival) }
        }
    }

    @discardableResult
    private mutating func end(_ uuid: UniqueID, _ name: Name, on node: Name, after requires: [StepID]) -> StepID {
        let step = StepID("\(node)/instance/\(name)/clear-firewall")
        clearing[Location(node: node, what: uuid.text)] = step
        add(
            PlannedStep(
                id: step, node: node, object: .instance(name, on: node),
                operation: .firewall(.clear(uuid: uuid, instance: name)), requires: requires.map(Requirement.step)))
        return step
    }
}

extension DomainEdit.Item {
    fileprivate var namesTap: Bool { if case .ownTap = self { true } else { false } }
}

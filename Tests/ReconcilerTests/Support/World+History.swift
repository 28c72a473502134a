import Reconciler
import SeededRandomness
import Spec
import TestNames

extension World {
    /// Lives through what happened before this run, and decides what this run's spec is.
    mutating func makeHistory() async {
        cloneMachines()
        addForeignPools()
        addForeignThings(early: true)
        let names = everything.instances.keys.sorted()
        let late = Set(names.filter { _ in generator.chance(25) })
        var past = everything
        for name in late { past.instances[name] = nil }
        if generator.chance(85) { await run(past) }
        await keepDisk(&past)
        await createHalf(&past)
        await deleteHalf(&past)
        await moveHalf(&past)
        putOnTop()
        disturb()
        addForeignThings(early: false)
        decideSpec()
        decideHomes()
        makeNodesUnreachable()
        unmountPool()
        editSpec()
        editRoles()
        editFirewalls()
        cutLinks()
        dropPool()
        addSecondPartInMaintenance()
        refuseSome()
        forgeRoster()
    }

    /// Applies a spec, as an earlier run did, with at most one thing going wrong.
    private mutating func run(_ spec: Cluster, _ fault: Fault? = nil) async {
        let plan = Planner.plan(spec, inputs: inputs, fleet: fleet.observe(spec))
        fleet.begin(fault)
        let report = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
        fleet.begin()
        guard fault == nil else { return }
        for (step, outcome) in report.outcomes where !outcome.isSuccess {
            problems.append("history: \(step.id): \(outcome)")
        }
    }

    /// An instance with a data disk goes from the spec, and its disk stays.
    private mutating func keepDisk(_ past: inout Cluster) async {
        guard wants(.keptDisk) else { return }
        if !past.instances.values.contains(where: { !$0.disks.isEmpty && !$0.protect }) {
            guard let instance = generator.pick(past.instances.keys.sorted()) else { return }
            past.instances[instance]?.disks = [DataDisk(name: name("data0"), size: .gibibytes(5), pool: name("local"))]
            everything.instances[instance]?.disks = past.instances[instance]?.disks ?? []
            everything.instances[instance]?.protect = false
            past.instances[instance]?.protect = false
            await removeFromFleet(instance, &past)
            await run(past)
        }
        let candidates = past.instances.values.filter { !$0.disks.isEmpty && !$0.protect }.map(\.name).sorted()
        guard let instance = generator.pick(candidates) else { return }
        past.instances[instance] = nil
        await run(past)
        if fleet.nodes.values.contains(where: { !($0.roster?.keptDisks.isEmpty ?? true) }) { traits.insert(.keptDisk) }
        // It comes back in some worlds and stays away in others.
        if generator.chance(50) { everything.instances[instance] = nil }
    }

    private mutating func removeFromFleet(_ instance: Name, _ past: inout Cluster) async {
        let kept = past.instances.removeValue(forKey: instance)
        await run(past)
        past.instances[instance] = kept
    }

    /// A run is killed while it makes an instance.
    private mutating func createHalf(_ past: inout Cluster) async {
        guard wants(.halfCreated) else { return }
        var next = past
        for (name, instance) in everything.instances where past.instances[name] == nil {
            next.instances[name] = instance
        }
        if next.instances.count == past.instances.count {
            var new = everything.instances.values.min { $0.name < $1.name }
            new?.name = name("newcomer")
            new?.group = nil
            new?.node = nil
            new?.placement = Placement()
            for index in new?.nics.indices ?? 0..<0 {
                new?.nics[index].address = nil
                new?.nics[index].mac = nil
            }
            if let new {
                next.instances[new.name] = new
                everything.instances[new.name] = new
            }
        }
        var plan = Planner.plan(next, inputs: inputs, fleet: fleet.observe(next))
        // Faults count what nodes perform.
        plan.steps.removeAll { $0.operation == .barrier }
        let defines = plan.steps.indices.filter { plan.steps[$0].id.text.hasSuffix("/define") }
        let instances = defines.filter { plan.steps[$0].object.kind == .instance }
        guard let define = generator.pick(instances) else { return }
        let length = plan.steps[define...].firstIndex { $0.id.text.hasSuffix("/finish") } ?? define
        let kinds: [Fault.Kind] = [.killed, .killedAfterEffect, .killedMidway]
        let fault = Fault(kind: generator.pick(kinds) ?? .killed, step: generator.number(define...max(define, length)))
        await run(next, fault)
        past = next
        if owned.contains(where: { $0.mark?.phase == .creating }) { traits.insert(.halfCreated) }
    }

    /// A run is killed while it removes an instance.
    private mutating func deleteHalf(_ past: inout Cluster) async {
        guard wants(.halfDeleted), generator.chance(70) else { return }
        guard let instance = generator.pick(past.instances.values.filter { !$0.protect }.map(\.name).sorted()) else {
            return
        }
        var next = past
        next.instances[instance] = nil
        var plan = Planner.plan(next, inputs: inputs, fleet: fleet.observe(next))
        plan.steps.removeAll { $0.operation == .barrier }
        guard let mark = plan.steps.firstIndex(where: { $0.id.text.hasSuffix("\(instance)/mark-deleting") }) else {
            return
        }
        await run(next, Fault(kind: .killedAfterEffect, step: mark + generator.number(0...3)))
        if generator.chance(50) { everything.instances[instance] = nil }
        if owned.contains(where: { $0.mark?.phase == .deleting }) { traits.insert(.halfDeleted) }
    }

    /// A run is killed, or a node is lost, while instances move.
    private mutating func moveHalf(_ past: inout Cluster) async {
        guard wants(.halfMoved), past.nodes.count > 1 else { return }
        var next = past
        pin(&next)
        var plan = Planner.plan(next, inputs: inputs, fleet: fleet.observe(next))
        // Faults count what nodes perform.
        plan.steps.removeAll { $0.operation == .barrier }
        let stages = plan.steps.indices.filter { index in
            if case .move = plan.steps[index].operation { true } else { false }
        }
        guard var step = generator.pick(stages) else { return }
        let kinds: [Fault.Kind] = [
            .killed, .killedAfterEffect, .killedMidway, .nodeLost, .nodeLostAfterEffect, .killedLast, .failedLast,
            .killedAtHandover,
        ]
        let kind = generator.pick(kinds) ?? .killed
        let migrations = stages.filter { plan.steps[$0].id.text.hasSuffix("/move-migrate") }
        if [.killedLast, .failedLast, .killedAtHandover].contains(kind), let last = generator.pick(migrations) {
            step = last
        }
        await run(next, Fault(kind: kind, step: step))
        if kind == .killedLast || kind == .failedLast { stopSources() }
        halfMoved = Set(owned.filter { $0.mark?.move != nil }.compactMap(\.mark?.instance))
        if !halfMoved.isEmpty { traits.insert(.halfMoved) }
        if owned.contains(where: \.wasLeftPausedByMigration) { traits.insert(.leftPaused) }
        // The spec goes on to want it in some worlds, and not in others.
        if generator.chance(60) {
            for (name, instance) in next.instances where everything.instances[name] != nil {
                everything.instances[name]?.node = instance.node
            }
            past = next
        }
    }

    /// After a migration that failed in its last phase the source goes off in some worlds: with its node, or by itself.
    private mutating func stopSources() {
        for domain in owned.sorted(by: { $0.uuid < $1.uuid }) {
            guard let move = domain.mark?.move, domain.power == .running,
                fleet.nodes[move.to]?.domains[domain.uuid]?.power == .shutOff
            else { continue }
            traits.insert(.failedLast)
            guard generator.chance(60) else { continue }
            fleet.edit { $0[move.from]?.domains[domain.uuid]?.power = .shutOff }
        }
    }

    /// Pins some instances that are there to any node.
    private mutating func pin(_ spec: inout Cluster) {
        let there = Set(owned.compactMap(\.mark?.instance))
        let candidates = spec.instances.keys.filter(there.contains).sorted()
        for _ in 0..<generator.number(1...4) {
            guard let instance = generator.pick(candidates), let node = generator.pick(spec.nodes.keys.sorted()) else {
                return
            }
            spec.instances[instance]?.node = node
        }
    }

    /// Where instances are to be this time.
    private mutating func decideHomes() {
        guard cluster.nodes.count > 1 else { return }
        if wants(.moved), generator.chance(70) {
            var pinned = cluster
            pin(&pinned)
            cluster = pinned
            traits.insert(.moved)
        }
        let names = cluster.nodes.keys.sorted()
        if wants(.maintenance), generator.chance(70), let node = generator.pick(names) {
            cluster.nodes[node]?.state = .maintenance
            traits.insert(.maintenance)
            for name in cluster.instances.keys.sorted() where generator.chance(15) {
                cluster.instances[name]?.onMaintenance = generator.chance(50) ? .stop : .stay
            }
        }
    }

    /// Domains of this cluster on all nodes.
    private var owned: [ObservedDomain] {
        fleet.nodes.values.flatMap(\.domains.values).filter { $0.mark?.cluster == World.identity }
    }

    /// What people and accidents do to domains behind kvmctl's back.
    private mutating func disturb() {
        let running = owned.filter { $0.power == .running }.sorted { $0.uuid < $1.uuid }
        if wants(.stoppedDomain), let domain = generator.pick(running) {
            traits.insert(.stoppedDomain)
            let power: ObservedDomain.Power = generator.chance(80) ? .shutOff : .crashed
            fleet.edit { nodes in
                for node in nodes.keys { nodes[node]?.domains[domain.uuid]?.power = power }
            }
        }
        saveMemory()
        let active = owned.filter { $0.mark?.phase == .active }.sorted { $0.uuid < $1.uuid }
        if wants(.undefinedDomain), let domain = generator.pick(active) {
            traits.insert(.undefinedDomain)
            if let instance = domain.mark?.instance { undefined.insert(instance) }
            fleet.edit { nodes in
                for node in nodes.keys { nodes[node]?.domains[domain.uuid] = nil }
            }
        }
        if wants(.networkDrift) { editNetwork() }
        if wants(.emptyRosters), generator.chance(50) {
            traits.insert(.emptyRosters)
            let all = generator.chance(50)
            let some = generator.pick(fleet.nodes.keys.sorted())
            // Kept disks are known from rosters only; a world that lost them all has no claim to those.
            let keepsDisks = fleet.nodes.values.contains { !($0.roster?.keptDisks.isEmpty ?? true) }
            let isLast = all || fleet.nodes.count { $0.value.roster != nil && $0.key != some } == 0
            if !isLast || !keepsDisks {
                fleet.edit { nodes in
                    for node in nodes.keys where all || node == some { nodes[node]?.roster = nil }
                }
            }
        }
    }

    /// A node that was shut down saved the memory of its guests.
    private mutating func saveMemory() {
        // A generator of its own, so that worlds stay the same but for this.
        var generator = SeededGenerator(seed: seed &* 151 &+ 3)
        guard generator.chance(40) else { return }
        let candidates = owned.filter { $0.power == .running && $0.mark?.phase == .active && $0.mark?.move == nil }
        for domain in candidates.sorted(by: { $0.uuid < $1.uuid }) where generator.chance(30) {
            traits.insert(.savedMemory)
            fleet.edit { nodes in
                for node in nodes.keys where nodes[node]?.domains[domain.uuid] != nil { nodes[node]?.save(domain.uuid) }
            }
        }
    }

    /// Somebody edits a network of this cluster, or restarts it and cuts its guests off.
    private mutating func editNetwork() {
        let ours = fleet.nodes.values.flatMap { node in
            node.networks.values.filter { $0.mark?.cluster == World.identity }.map { (node: node.name, network: $0) }
        }.sorted { ($0.node, $0.network.uuid) < ($1.node, $1.network.uuid) }
        guard let (node, network) = generator.pick(ours) else { return }
        traits.insert(.networkDrift)
        let kind = generator.number(0...3)
        fleet.edit { nodes in
            switch kind {
            case 0 where network.link != nil:
                nodes[node]?.networks[network.uuid]?.link?.peers = []
                nodes[node]?.hook = .other
            case 1 where network.link != nil: nodes[node]?.networks[network.uuid]?.link = nil
            case 0: nodes[node]?.networks[network.uuid]?.definition?.bridge = "virbr77"
            case 1: nodes[node]?.networks[network.uuid]?.live?.mode = "route"
            case 2:
                nodes[node]?.networks[network.uuid]?.definition?.ranges = []
                nodes[node]?.networks[network.uuid]?.live?.ranges = []
            default:
                for tap in nodes[node]?.domains.values.flatMap(FakeNode.taps) ?? [] {
                    if tap.attachment == .network(network.name) { nodes[node]?.unplugged.insert(tap.device) }
                }
            }
        }
    }

    /// Somebody edits a network in the spec; sometimes so that addresses no longer fit.
    private mutating func editNetworkSpec() {
        let ours = cluster.networks.values.filter { $0.mode == .nat || $0.mode == .isolated }.map(\.name).sorted()
        guard let name = generator.pick(ours), let network = cluster.networks[name] else { return }
        traits.insert(.networkEdited)
        switch generator.number(0...2) {
        case 0: cluster.networks[name]?.mode = network.mode == .nat && network.cidr != nil ? .isolated : network.mode
        case 1: cluster.networks[name]?.gateway = network.cidr?.lastHost
        default: cluster.networks[name]?.dhcp = network.dhcp == nil ? Network.DHCP.none : nil
        }
    }

    /// What this run applies, out of everything there ever was.
    private mutating func decideSpec() {
        cluster = everything
        if wants(.networkEdited) { editNetworkSpec() }
        if wants(.removedInstance) {
            let there = Set(owned.compactMap(\.mark?.instance))
            let candidates = cluster.instances.keys.filter(there.contains).sorted()
            for _ in 0..<generator.number(1...3) {
                guard let instance = generator.pick(candidates), cluster.instances[instance] != nil else { continue }
                if generator.chance(30) {
                    let uuid = ObjectNames(World.identity).domainUUID(instance)
                    fleet.edit { nodes in
                        for node in nodes.keys where nodes[node]?.domains[uuid]?.mark?.phase == .active {
                            nodes[node]?.domains[uuid]?.mark?.protect = true
                        }
                    }
                }
                cluster.instances[instance] = nil
                traits.insert(.removedInstance)
            }
        }
        if cluster.instances.values.contains(where: \.protect)
            || owned.contains(where: { $0.mark?.protect == true })
        {
            traits.insert(.protected)
        }
        guard wants(.twoParts) else { return }
        traits.insert(.twoParts)
        cluster.parts = [World.main]
        let isRead = generator.chance(60)
        for (name, instance) in cluster.instances where instance.part == World.extra {
            if isRead { cluster.instances[name]?.isManaged = false } else { cluster.instances[name] = nil }
        }
        for (name, network) in cluster.networks where network.part == World.extra {
            cluster.networks[name]?.isManaged = false
        }
    }

    /// A file system that did not come back with its node.
    private mutating func unmountPool() {
        var generator = SeededGenerator(seed: seed &* 149 &+ 3)
        guard generator.chance(35), let node = generator.pick(answering),
            let folder = generator.pick(fleet.nodes[node]?.folders.sorted() ?? [])
        else { return }
        var seen = fleet.nodes[node]
        seen?.unmounted = [folder]
        // Where nothing is expected in it, nobody can tell it from a new one.
        guard seen?.observed.storageProblem(for: World.identity) != nil else { return }
        fleet.edit { $0[node]?.unmounted = [folder] }
        traits.formUnion([.unmountedPool, .unreachableNode])
    }

    /// Nodes that do not answer this time, or that a person gave up.
    private mutating func makeNodesUnreachable() {
        let names = cluster.nodes.keys.sorted()
        if wants(.unreachableNode), let node = generator.pick(names) {
            traits.insert(.unreachableNode)
            fleet.edit { $0[node]?.isUnreachable = true }
            if generator.chance(15) { cluster.nodes[node]?.state = .offline }
        }
        if wants(.lostNode), let node = generator.pick(names), fleet.nodes[node]?.isUnreachable == false {
            traits.insert(.lostNode)
            cluster.nodes[node]?.state = .lost
            fleet.edit {
                $0[node]?.isUnreachable = true
                $0[node]?.isGivenUp = true
            }
        }
    }
}

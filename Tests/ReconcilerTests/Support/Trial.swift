import Foundation
import Reconciler
import SeededRandomness
import Spec

/// One world put through every property; what does not hold is gathered, not thrown.
struct Trial {
    let world: World
    var generator: SeededGenerator
    /// Nodes that were unreachable in a run of the trial at hand.
    private var wereUnreachable: Set<Name> = []
    private(set) var failures: [String] = []

    init(_ world: World) {
        self.world = world
        generator = SeededGenerator(seed: world.seed &* 31 &+ 7)
    }

    /// Tries everything and returns what did not hold.
    static func failures(of world: World) async -> [String] {
        var trial = Trial(world)
        trial.failures += world.problems
        trial.check(world.fleet, "history")
        let applied = await trial.applyThenPlanIsEmpty()
        await trial.anyFaultThenRerunConverges()
        await trial.unreachableNodeReturns(to: applied.copy)
        await trial.destroyLeavesNothing(of: applied.copy)
        return trial.failures.map { "seed \(world.seed): \($0)" }
    }

    /// `KVMCTL_TRACE=1` prints every plan, for one world that failed.
    private let isTraced = ProcessInfo.processInfo.environment["KVMCTL_TRACE"] != nil

    private mutating func fail(_ text: String) { failures.append(text) }

    private mutating func require(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { fail(text()) }
    }

    // MARK: - Planning and running

    private mutating func plan(
        _ cluster: Cluster, on fleet: FakeFleet, _ when: String, _ intent: Intent = .apply(deleteData: false)
    ) -> Plan {
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: world.inputs, fleet: seen, intent: intent)
        if isTraced { print("==== \(when)\n\(planText(plan))") }
        for violation in PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent) {
            fail("\(when): \(violation)")
        }
        return plan
    }

    /// Runs a plan in a random one of the orders that its edges allow, one step at a time.
    private mutating func run(_ plan: Plan, on fleet: FakeFleet, _ fault: Fault? = nil) async -> ExecutionReport {
        var shuffled = plan
        shuffled.steps.shuffle(using: &generator)
        fleet.begin(fault)
        let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
        return await executor.run(shuffled) { _ in }
    }

    /// What must be so at every moment, whatever happened.
    private mutating func check(_ fleet: FakeFleet, _ when: String) {
        for text in fleet.unexpected { fail("\(when): \(text)") }
        let nodes = fleet.nodes
        for text in world.foreign.damage(in: nodes) { fail("\(when): \(text)") }
        var homes: [Name: Name] = [:]
        var running: [Name: Name] = [:]
        var macs: [MACAddress: String] = [:]
        var addresses: [String: String] = [:]
        for (node, state) in nodes.sorted(by: { $0.key < $1.key }) where world.cluster.nodes[node]?.state != .lost {
            for domain in state.domains.values.sorted(by: { $0.uuid < $1.uuid }) {
                // What strangers have on a node that does not answer, nobody can know.
                let isKnown = world.answering.contains(node) && !wereUnreachable.contains(node)
                if domain.mark?.cluster != World.identity, !isKnown { continue }
                if domain.mark?.cluster == World.identity, domain.power == .running, let mark = domain.mark,
                    let other = running.updateValue(node, forKey: mark.instance)
                {
                    fail("\(when): instance \(mark.instance) runs on \(other) and on \(node)")
                }
                if isSecondHalf(domain, on: node, homes, nodes) { continue }
                for nic in domain.nics {
                    if let other = macs.updateValue(domain.name, forKey: nic.mac) {
                        fail("\(when): MAC \(nic.mac) is of \(other) and of \(domain.name) on \(node)")
                    }
                }
                guard let mark = domain.mark, mark.cluster == World.identity else { continue }
                if let other = homes.updateValue(node, forKey: mark.instance) {
                    fail("\(when): instance \(mark.instance) is on \(other) and on \(node)")
                }
                for (name, nic) in mark.nics {
                    guard let address = nic.address else { continue }
                    let place = "\(address) \(mark.applied["nics.\(name).network"] ?? "")"
                    if let other = addresses.updateValue(domain.name, forKey: place) {
                        fail("\(when): address \(address) is of \(other) and of \(domain.name) on \(node)")
                    }
                }
            }
        }
    }

    /// Whether a domain is the other end of a move whose first end was looked at already.
    private func isSecondHalf(
        _ domain: ObservedDomain, on node: Name, _ homes: [Name: Name], _ nodes: [Name: FakeNode]
    ) -> Bool {
        guard let mark = domain.mark, let move = mark.move, mark.cluster == World.identity else { return false }
        let other = move.otherEnd(than: node)
        guard homes[mark.instance] == other, let there = nodes[other]?.domains[domain.uuid] else { return false }
        return there.mark?.move == move
    }

    /// Every file is somebody's: a domain's, a kept disk, a base image, or foreign.
    private mutating func checkNoOrphans(_ fleet: FakeFleet, _ when: String) {
        let nodes = fleet.nodes
        let rosters = nodes.values.filter { !$0.isUnknown }.compactMap(\.roster)
        let newest = rosters.max { $0.generation < $1.generation }
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) where !node.isUnknown {
            var known = Set(node.observed.domains.flatMap { $0.reachedPaths })
            known.formUnion(world.foreign.files[name]?.keys.map(\.self) ?? [])
            for disk in newest?.keptDisks ?? [] where disk.node == name {
                known.insert(disk.path)
                known.formUnion(
                    DiskLayers.below(disk.path, disk: disk.disk.text, of: World.identity, in: node.files))
            }
            // What is on storage that nodes share may be another's of them.
            for other in nodes.values where other.name != name {
                var theirs = Set(other.observed.domains.flatMap { $0.reachedPaths })
                theirs.formUnion(world.foreign.files[other.name]?.keys.map(\.self) ?? [])
                for disk in newest?.keptDisks ?? [] where disk.node == other.name {
                    theirs.insert(disk.path)
                    theirs.formUnion(
                        DiskLayers.below(disk.path, disk: disk.disk.text, of: World.identity, in: node.files))
                }
                for entry in newest?.instances.values.map(\.self) ?? [] { theirs.formUnion(entry.volumes.values) }
                known.formUnion(theirs.filter { node.shares($0) && other.shares($0) })
            }
            // What a lost node had on storage that others share is given up with it, told as nobody's, and left.
            for other in nodes.values where world.cluster.nodes[other.name]?.state == .lost && node.name != other.name {
                known.formUnion(node.files.keys.filter { node.shares($0) && other.shares($0) && $0.contains(".data") })
            }
            // Where rosters were lost, those of a node that cannot be asked may be the last that knew of a kept disk.
            if world.traits.contains(.emptyRosters) {
                for (other, there) in nodes where there.isUnknown || world.cluster.nodes[other]?.state == .lost {
                    for disk in there.roster?.keptDisks ?? [] where disk.node == name { known.insert(disk.path) }
                }
            }
            // The entry of an instance whose domain was undefined by somebody remembers its disks as well.
            for entry in newest?.instances.values.map(\.self) ?? [] where entry.node == name || entry.alsoOn == name {
                known.formUnion(entry.volumes.values)
            }
            // What was put on top of a disk is nobody's once somebody undefined its domain before a run saw it: the disk is kept.
            for file in node.files.values.sorted(by: { $0.path < $1.path }) where !world.undefined.isEmpty {
                let disks = ["root"] + (0...9).map { "data\($0)" }
                let below = disks.flatMap { DiskLayers.below(file.path, disk: $0, of: World.identity, in: node.files) }
                if below.contains(where: known.contains) { known.insert(file.path) }
            }
            // The mark on one end of a move reaches what is on the other.
            for (other, there) in nodes {
                for domain in there.domains.values where domain.mark?.move?.otherEnd(than: other) == name {
                    known.formUnion(domain.disks.map(\.path))
                    guard let move = domain.mark?.move else { continue }
                    known.formUnion(domain.disks.map { move.destinationPath($0.path) })
                    known.formUnion(domain.disks.map { move.sourcePath($0.path) })
                }
            }
            // What an undefined domain had is told as unclaimed and left; its data disks are kept.
            let isBereft = !world.undefined.isEmpty || world.traits.contains(.lostNode)
            let halfMoved = isBereft ? world.halfMoved : []
            let unclaimed = world.undefined.union(halfMoved).map { "/demo.\($0)." }
            for path in node.files.keys.sorted() where !known.contains(path) && !path.contains("/kvmctl-") {
                let isForgotten =
                    !path.contains(".data") || halfMoved.contains { path.contains("/demo.\($0).") }
                    || world.traits.contains(.emptyRosters)
                    // Nobody knows any more where a pool that left the spec was on the other node.
                    || world.traits.contains(.droppedPool)
                if unclaimed.contains(where: path.contains), isForgotten { continue }
                fail("\(when): nothing reaches \(path) on \(name) any more")
            }
        }
    }

    /// What is on record as kept is not what a domain has, and what is not done is not on record.
    private mutating func checkKept(_ fleet: FakeFleet, _ when: String) {
        let nodes = fleet.nodes
        for name in world.answering {
            let before = world.fleet.nodes.values.flatMap { $0.roster?.keptDisks ?? [] }
            for disk in nodes[name]?.roster?.keptDisks ?? [] where !before.contains(disk) {
                guard world.answering.contains(disk.node), let there = nodes[disk.node] else { continue }
                for domain in there.domains.values where domain.mark?.cluster == World.identity {
                    guard domain.disks.contains(where: { $0.path == disk.path }) else { continue }
                    fail("\(when): \(disk.path) is on record as kept on \(name), and \(domain.name) has it")
                }
            }
        }
    }

    /// Whatever is still on a node in maintenance when all is done is said to be, whose part it ever is.
    private mutating func checkMaintenance(_ plan: Plan, _ when: String) {
        guard plan.refusals.allSatisfy({ !$0.stopsEverything }) else { return }
        for name in world.answering where world.cluster.nodes[name]?.state == .maintenance {
            for domain in world.fleet.nodes[name]?.domains.values.map(\.self) ?? [] {
                guard let mark = domain.mark, mark.cluster == World.identity, mark.uuid == domain.uuid,
                    domain.markProblem == nil, !world.cluster.parts.contains(mark.part)
                else { continue }
                let stays = world.cluster.instances[mark.instance]?.onMaintenance ?? .migrate
                guard stays == .migrate else { continue }
                let isSaid = plan.refusals.contains { refusal in
                    [name.text, mark.instance.text].contains(refusal.object.name)
                        && [name.text, mark.instance.text].allSatisfy {
                            refusal.object.name == $0 || refusal.reason.contains($0)
                        }
                }
                require(isSaid, "\(when): nothing says that \(mark.instance) of \(mark.part) is still on \(name)")
            }
        }
    }

    private mutating func expectSuccess(_ report: ExecutionReport, _ when: String) {
        // A change that turns out badly is rolled back, which is a failure of it and of what follows.
        let takenBack = Set(report.outcomes.filter { Self.isTakenBack($0.outcome) }.map(\.step.id))
        for (step, outcome) in report.outcomes where !outcome.isSuccess {
            if takenBack.contains(step.id) { continue }
            if case .dependencyFailed(let cause) = outcome, takenBack.contains(cause) { continue }
            fail("\(when): \(step.id): \(outcome)")
        }
    }

    private static func isTakenBack(_ outcome: ExecutionReport.Outcome) -> Bool {
        if case .failed(let error) = outcome { error.summary.hasSuffix("was rolled back") } else { false }
    }

    /// Nothing is left to do, and asking again gives the same answer.
    private mutating func expectEmpty(_ cluster: Cluster, _ fleet: FakeFleet, _ intent: Intent, _ when: String) {
        let again = plan(cluster, on: fleet, when, intent)
        require(again.steps.isEmpty, "\(when): then the plan has \(again.steps.map(\.id.text).prefix(5))")
        for change in again.changes where change.blocked == nil {
            fail("\(when): then the plan still shows \(change.action) \(change.object): \(change.reason)")
        }
        for step in again.steps {
            if case .network(.updateReservations(let uuid, _, let add, let remove)) = step.operation {
                let there = fleet.nodes[step.node]?.networks[uuid]?.reservations ?? []
                fail("\(when): \(step.id) adds \(add) and removes \(remove) where \(there) is")
            }
            guard case .roster(.write(let next)) = step.operation, let old = fleet.nodes[step.node]?.roster else {
                continue
            }
            for (name, entry) in next.instances where old.instances[name] != entry {
                fail(
                    "\(when): \(step.id) tells of \(name): \(entry), which was \(old.instances[name]?.node.text ?? "-")"
                )
            }
            for name in old.instances.keys where next.instances[name] == nil {
                fail("\(when): \(step.id) forgets \(name)")
            }
            if next.keptDisks != old.keptDisks { fail("\(when): \(step.id): other kept disks: \(next.keptDisks)") }
        }
        require(again == plan(cluster, on: fleet, when, intent), "\(when): the same input gave another plan")
    }

    // MARK: - Properties

    /// Applying does all of it, and a second apply nothing.
    private mutating func applyThenPlanIsEmpty() async -> FakeFleet {
        let fleet = world.fleet.copy
        let first = plan(world.cluster, on: fleet, "first plan")
        require(first == plan(world.cluster, on: fleet, "first plan"), "the same input gave another plan")
        expectSuccess(await run(first, on: fleet), "apply")
        check(fleet, "after apply")
        checkNoOrphans(fleet, "after apply")
        checkKept(fleet, "after apply")
        checkMaintenance(first, "first plan")
        // What this plan removed may have made room for what it refused.
        let isGradual =
            !world.traits.isDisjoint(with: [.moved, .halfMoved, .maintenance, .savedMemory])
            || world.traits.isSuperset(of: [.halfCreated, .droppedPool])
        if !first.refusals.isEmpty || isGradual {
            expectSuccess(await run(plan(world.cluster, on: fleet, "second plan"), on: fleet), "second apply")
            check(fleet, "after the second apply")
        }
        // What was half made is made where it was and moves then.
        for _ in 0..<2 where isGradual {
            expectSuccess(await run(plan(world.cluster, on: fleet, "next plan"), on: fleet), "next apply")
            check(fleet, "after the next apply")
        }
        // After one that was rolled back, what waited for it is done.
        for _ in 0..<3 where fleet.nodes.values.contains(where: \.breaksChanges) {
            expectSuccess(await run(plan(world.cluster, on: fleet, "plan after a failure"), on: fleet), "apply again")
            check(fleet, "after applying again")
        }
        expectEmpty(world.cluster, fleet, .apply(deleteData: false), "after apply")
        let answering = Set(world.answering)
        for domain in fleet.nodes.values.filter({ answering.contains($0.name) }).flatMap(\.domains.values) {
            guard let mark = domain.mark, mark.cluster == World.identity, world.cluster.parts.contains(mark.part),
                let instance = world.cluster.instances[mark.instance], first.refusals.isEmpty
            else { continue }
            let isHalted = world.cluster.nodes.values.contains { $0.state == .maintenance }
            if instance.power == .on, mark.move == nil, !(isHalted && instance.onMaintenance == .stop) {
                require(domain.power == .running, "after apply: \(instance.name) is \(domain.power)")
            }
            require(mark.phase == .active, "after apply: \(instance.name) is \(mark.phase)")
        }
        return fleet
    }

    /// Whatever goes wrong once, running again makes it right.
    private mutating func anyFaultThenRerunConverges() async {
        for round in 0..<2 {
            wereUnreachable = []
            let fleet = world.fleet.copy
            let first = plan(world.cluster, on: fleet, "plan before a fault")
            guard !first.steps.isEmpty else { return }
            let kinds = Fault.Kind.allCases
            let kind = kinds[(Int(world.seed % UInt64(kinds.count)) + round * kinds.count / 2) % kinds.count]
            let fault = Fault(kind: kind, step: generator.number(0...(first.steps.count - 1)))
            _ = await run(first, on: fleet, fault)
            let when = "\(fault.kind) at \(fleet.struck?.id.text ?? "nothing")"
            check(fleet, when)
            if kind == .nodeLost || kind == .nodeLostAfterEffect {
                await rerunWithout(fleet.struck?.node, fleet, when)
            }
            await converge(world.cluster, fleet, when)
        }
    }

    /// A node lost in the middle is unreachable in the next run too, which leaves alone what it may hold.
    private mutating func rerunWithout(_ node: Name?, _ fleet: FakeFleet, _ when: String) async {
        guard let node else { return }
        wereUnreachable = [node]
        fleet.edit { $0[node]?.isUnreachable = true }
        let next = plan(world.cluster, on: fleet, "\(when), while it is unreachable")
        _ = await run(next, on: fleet)
        check(fleet, "\(when), after a run without it")
        fleet.edit { $0[node]?.isUnreachable = false }
        check(fleet, "\(when), after it came back")
    }

    private mutating func converge(_ cluster: Cluster, _ fleet: FakeFleet, _ when: String) async {
        for round in 1...5 {
            let next = plan(cluster, on: fleet, "\(when), rerun")
            if next.steps.isEmpty { break }
            if round == 5 {
                fail("\(when): it does not converge: \(next.steps.map(\.id.text).prefix(5))")
                break
            }
            expectSuccess(await run(next, on: fleet), "\(when), rerun")
            check(fleet, "\(when), rerun")
        }
        checkNoOrphans(fleet, "\(when), rerun")
        expectEmpty(cluster, fleet, .apply(deleteData: false), "\(when), rerun")
    }

    /// What the unreachable node held is found again, once, and the fleet converges.
    private mutating func unreachableNodeReturns(to fleet: FakeFleet) async {
        guard world.traits.contains(.unreachableNode) else { return }
        var cluster = world.cluster
        for (name, node) in cluster.nodes where node.state != .lost {
            fleet.edit {
                $0[name]?.isUnreachable = false
                $0[name]?.unmounted = []
            }
            if node.state == .offline { cluster.nodes[name]?.state = .active }
        }
        check(fleet, "the unreachable node is back")
        await converge(cluster, fleet, "the unreachable node is back")
    }

    /// Destroying leaves kept disks, what is protected and what is silent, and nothing else of the run's parts.
    private mutating func destroyLeavesNothing(of fleet: FakeFleet) async {
        for intent in [Intent.destroy(deleteData: false), .destroy(deleteData: true)] {
            let plan = plan(world.cluster, on: fleet, "destroy", intent)
            expectSuccess(await run(plan, on: fleet), "destroy")
            check(fleet, "after destroy")
            checkNoOrphans(fleet, "after destroy")
            expectEmpty(world.cluster, fleet, intent, "after destroy")
            checkDestroyed(fleet, plan, intent)
        }
    }

    private mutating func checkDestroyed(_ fleet: FakeFleet, _ plan: Plan, _ intent: Intent) {
        let nodes = fleet.nodes
        let refused = Set(plan.refusals.map(\.object.name))
        for name in world.answering {
            guard let node = nodes[name], !refused.contains(name.text),
                !plan.refusals.contains(where: \.stopsEverything)
            else { continue }
            for domain in node.domains.values {
                guard let mark = domain.mark, mark.cluster == World.identity else { continue }
                guard world.cluster.parts.contains(mark.part), !mark.protect else { continue }
                // Half of it may be on a node that does not answer.
                if mark.move != nil, world.answering.count < world.cluster.nodes.count { continue }
                // As a roster has it, one that does not answer may run it.
                if node.roster?.instances[mark.instance]?.doubt == .disputed, domain.power != .running { continue }
                require(refused.contains(mark.instance.text), "after destroy: \(domain.name) is still on \(name)")
            }
            for network in node.networks.values {
                guard let mark = network.mark, mark.cluster == World.identity else { continue }
                let isUsed = node.domains.values.contains { domain in
                    domain.nics.contains { $0.attachment == .network(network.name) }
                }
                if world.cluster.parts.contains(mark.part), !isUsed {
                    fail("after destroy: network \(network.name) is still on \(name)")
                }
            }
            for pool in node.pools where ObjectNames(World.identity).defined(pool, on: name) {
                let paths = Set(node.files.keys).union(node.observed.domains.flatMap(\.reachedPaths))
                let isSure = !pool.isActive || node.marked.contains(pool.path)
                if isSure, !paths.contains(where: { $0.hasPrefix(pool.path + "/") }) {
                    fail("after destroy: the pool \(pool.name) is still on \(name)")
                }
            }
            guard intent == .destroy(deleteData: true) else { continue }
            let kept = node.roster?.keptDisks.filter { $0.node == name && world.cluster.parts.contains($0.part) } ?? []
            // A protected instance's disks stay with it, those that it does not have any more as well.
            // Nor do those go that a domain has which is left alone, since half of it is on a silent node.
            let used = Set(node.domains.values.flatMap(\.disks).map(\.path))
            // What a silent node may use as well stays.
            let isSilent = nodes.values.contains {
                !$0.sharedFolders.isDisjoint(with: node.sharedFolders) && !world.answering.contains($0.name)
            }
            for disk in kept where !(isSilent && node.shares(disk.path)) {
                guard node.files[disk.path] != nil, !refused.contains(disk.instance.text), !used.contains(disk.path),
                    world.foreign.files[name]?[disk.path] == nil, node.observed.overlays(of: disk.path).isEmpty
                else { continue }
                fail("after destroy with data: \(disk.path) is still on \(name)")
            }
        }
    }
}

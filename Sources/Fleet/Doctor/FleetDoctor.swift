import Reconciler
import SSH
package import Spec

/// Looks whether nodes are fit for what kvmctl does with them; changes nothing on them.
package struct FleetDoctor: Sendable {
    let cluster: Cluster
    let settings: ConnectionSettings

    package init(_ cluster: Cluster, settings: ConnectionSettings) {
        self.cluster = cluster
        self.settings = settings
    }

    /// Examines these nodes, side by side, and then what takes two of them; the result is in the order of their names.
    ///
    /// Nodes that the spec calls offline or lost are not contacted. It takes as long as the slowest of them.
    package func examine(_ names: Set<Name>) async -> [NodeExamination] {
        let nodes = cluster.nodes.values.filter { names.contains($0.name) && $0.state != .offline && $0.state != .lost }
        var patients = await withTaskGroup(of: Patient.self) { group in
            for node in nodes { group.addTask { await look(at: node) } }
            return await group.reduce(into: []) { $0.append($1) }
        }.sorted { $0.node.name < $1.node.name }
        await compare(&patients)
        for patient in patients { await patient.close() }
        return patients.map { patient in
            let kinds = NodeCheck.Kind.allCases
            let checks = patient.checks.enumerated().sorted { first, second in
                let (one, two) = (kinds.firstIndex(of: first.element.kind), kinds.firstIndex(of: second.element.kind))
                return (one ?? 0, first.offset) < (two ?? 0, second.offset)
            }
            return NodeExamination(
                node: patient.node.name, address: patient.address, checks: checks.map(\.element),
                isUnreachable: patient.commands == nil)
        }
    }

    // MARK: One node

    private func look(at node: Spec.Node) async -> Patient {
        var patient = Patient(node: node)
        do {
            try await patient.logIn(settings)
        } catch {
            let cause = Unreachable(node: node.name, error)
            patient.checks.append(NodeCheck(.ssh, .bad, cause.summary(behind: node.name), remedy: cause.remedy))
            return patient
        }
        await patient.becomeRoot()
        await patient.openLibvirt(settings)
        if let commands = patient.commands { await look(at: &patient, commands) }
        return patient
    }

    /// Reads the signs and judges those that need no other node.
    private func look(at patient: inout Patient, _ commands: NodeCommands) async {
        let pools = cluster.pools.values.map { cluster.nodes[patient.node.name]?.pools[$0.name] ?? $0 }
            .sorted { $0.name < $1.name }
        let who = "user=\(patient.node.user ?? "root"),host=localhost,addr=127.0.0.1"
        let clock = ContinuousClock.now
        let before = WallClock.now
        let result: String
        do {
            result = try await commands.run(
                "examining the node", NodeSigns.script, [who] + pools.map(\.path), timeout: .seconds(60)
            ).output
        } catch {
            patient.checks.append(
                NodeCheck(
                    .tools, .bad,
                    "its shell does not run kvmctl's commands: \(PlainText.line(String(describing: error)))",
                    remedy: "Run them by hand: ssh to the node, and look what its login shell prints."))
            return
        }
        let signs = NodeSigns(reading: result)
        patient.signs = signs
        let taken = Double(clock.duration(to: .now) / .milliseconds(1)) / 1000
        if let time = signs.time {
            // It tells the time first, so the answer is of between the start and the end.
            patient.checks.append(
                NodeSigns.clockCheck(offset: time - before - taken / 2, uncertainty: taken / 2))
        }
        patient.checks += [
            signs.processorCheck(), signs.kvmCheck(works: patient.hasKVM), signs.toolsCheck(), signs.nameCheck(),
            signs.sessionsCheck(),
        ]
        let inLibvirt = (try? await patient.connection?.pools()) ?? []
        for (pool, folder) in zip(pools, signs.folders) {
            patient.checks.append(
                signs.poolCheck(
                    pool.name, pool, folder: folder,
                    inLibvirt: inLibvirt.first { $0.path == pool.path && $0.isActive }))
        }
    }

    // MARK: Between nodes

    /// Names of the others, identities that two have, and the ways between them.
    private func compare(_ patients: inout [Patient]) async {
        let seen = patients.indices.filter { patients[$0].signs != nil }
        for index in seen {
            let others = seen.filter { $0 != index }.map { patients[$0] }
            patients[index].checks.append(identity(of: patients[index], among: others))
        }
        let asked = patients
        let peers = await withTaskGroup(of: (Int, NodeCheck?).self) { group in
            for index in seen {
                let others = seen.filter { $0 != index }.map { asked[$0] }
                group.addTask { (index, await self.peers(of: asked[index], others)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for case (let index, let check?) in peers { patients[index].checks.append(check) }
        await lookAtWays(&patients, seen.filter { asked[$0].driver != nil })
    }

    private func identity(of patient: Patient, among others: [Patient]) -> NodeCheck {
        let machine = patient.signs?.machine ?? ""
        let likeMachine = others.filter { !machine.isEmpty && $0.signs?.machine == machine }
        let likeHost = others.filter { patient.hostUUID != nil && $0.hostUUID == patient.hostUUID }
        return NodeSigns.identityCheck(
            machine: machine, hostUUID: patient.hostUUID, likeMachine: likeMachine.map(\.node.name),
            likeHost: likeHost.map(\.node.name))
    }

    private func peers(of patient: Patient, _ others: [Patient]) async -> NodeCheck? {
        guard let commands = patient.commands, let signs = patient.signs else { return nil }
        let names = others.prefix(FleetDoctor.mostPeers).compactMap { $0.signs?.hostname }.filter { !$0.isEmpty }
        guard !names.isEmpty else { return nil }
        let result = try? await commands.run(
            "resolving the names of other nodes", NodeSigns.resolveScript, names, timeout: .seconds(90))
        return signs.peersCheck(NodeSigns(reading: result?.output ?? "").names)
    }

    /// Whether guests can travel from each node to others, all nodes side by side.
    ///
    /// In each round every node is tried from one other node alone: what a destination's kernel refuses is counted there.
    private func lookAtWays(_ patients: inout [Patient], _ indices: [Int]) async {
        guard indices.count > 1 else { return }
        var open: [Int: [String]] = [:]
        for round in 1...min(FleetDoctor.mostPeers, indices.count - 1) {
            let asked = patients
            let found = await withTaskGroup(of: (Int, Int, ObservedRoute.Reach)?.self) { group in
                for (place, index) in indices.enumerated() {
                    let other = indices[(place + round) % indices.count]
                    group.addTask {
                        guard let source = asked[index].driver, let destination = asked[other].driver else {
                            return nil
                        }
                        return (index, other, await ReachLook(source: source, destination: destination).reach())
                    }
                }
                return await group.reduce(into: [(Int, Int, ObservedRoute.Reach)]()) { list, way in
                    way.map { list.append($0) }
                }
            }
            for (index, other, reach) in found.sorted(by: { $0.0 < $1.0 }) {
                let name = patients[other].node.name
                switch reach {
                case .byName: open[index, default: []].append("\(name)")
                case .byAddress(let address): open[index, default: []].append("\(name) by its address \(address)")
                case .closed(let why):
                    patients[index].checks.append(
                        NodeCheck(
                            .migration, .bad, "guests cannot travel to \(name): \(why)",
                            remedy:
                                "Open TCP 49152-49215 on \(name) for this node, or set migration: {encrypted: true}."))
                }
            }
        }
        for (index, names) in open {
            patients[index].checks.append(
                NodeCheck(.migration, .good, "guests can travel to \(names.joined(separator: ", "))"))
        }
    }

    /// How many other nodes one is held against: more tell nothing new, and would take long.
    private static let mostPeers = 8
}

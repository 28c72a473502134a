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
    /// Nodes that the spec calls offline or lost are not contacted, and the result says so. It takes as long as the slowest.
    package func examine(_ names: Set<Name>) async -> [NodeExamination] {
        let asked = cluster.nodes.values.filter { names.contains($0.name) }
        let nodes = asked.filter { $0.state != .offline && $0.state != .lost }
        let skipped = asked.filter { $0.state == .offline || $0.state == .lost }.map { node in
            NodeExamination(
                node: node.name, address: Patient(node: node).address,
                checks: [
                    NodeCheck(
                        .ssh, .unknown, "it was not contacted: the spec says that it is \(node.state.rawValue)",
                        remedy: node.state == .offline ? "Remove its state from the spec once it is back." : nil)
                ], isSkipped: true)
        }
        var patients = await withTaskGroup(of: Patient.self) { group in
            for node in nodes { group.addTask { await look(at: node) } }
            return await group.reduce(into: []) { $0.append($1) }
        }.sorted { $0.node.name < $1.node.name }
        await compare(&patients)
        for patient in patients { await patient.close() }
        let examined = patients.map { patient in
            let kinds = NodeCheck.Kind.allCases
            let checks = patient.checks.enumerated().sorted { first, second in
                let (one, two) = (kinds.firstIndex(of: first.element.kind), kinds.firstIndex(of: second.element.kind))
                return (one ?? 0, first.offset) < (two ?? 0, second.offset)
            }
            return NodeExamination(
                node: patient.node.name, address: patient.address, checks: checks.map(\.element),
                isUnreachable: patient.commands == nil)
        }
        return (examined + skipped).sorted { $0.node < $1.node }
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
                "examining the node",
                DoctorScripts.examine(who: who, look: ObservationScripts.folderLookText, pools.map(\.path)),
                timeout: .seconds(60)
            ).output
        } catch {
            patient.checks.append(NodeSigns.unreachable(because: error))
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
        let inLibvirt = await poolsInLibvirt(of: &patient)
        for (pool, folder) in zip(pools, signs.folders) {
            patient.checks.append(
                signs.poolCheck(
                    pool.name, pool, folder: folder,
                    inLibvirt: inLibvirt?.first { $0.path == pool.path && $0.isActive }, isAsked: inLibvirt != nil))
        }
    }

    /// libvirt's pools; nil where it could not be asked.
    private func poolsInLibvirt(of patient: inout Patient) async -> [ObservedPool]? {
        guard let connection = patient.connection else { return nil }
        do { return try await connection.pools() } catch {
            let cause = Unreachable(node: patient.node.name, error)
            patient.checks.append(
                NodeCheck(.pools, .unknown, "its pools cannot be listed: \(cause.summary)", remedy: cause.remedy))
            return nil
        }
    }

    // MARK: Between nodes

    /// Names of the others, identities that two have, and the links between them.
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
        await checkLinks(&patients, seen.filter { asked[$0].driver != nil })
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
        do {
            let result = try await commands.run(
                "resolving the names of other nodes", DoctorScripts.resolveNames(names), timeout: .seconds(90))
            return signs.peersCheck(NodeSigns(reading: result.output).names, of: names)
        } catch {
            return signs.peersCheck([:], of: names, PlainText.line(String(describing: error)))
        }
    }

    /// Whether guests can migrate from each node to others, all nodes side by side.
    ///
    /// In each round every node is tried from one other node alone: what a destination's kernel refuses is counted there.
    private func checkLinks(_ patients: inout [Patient], _ indices: [Int]) async {
        guard indices.count > 1 else { return }
        var open: [Int: [String]] = [:]
        for round in 1...min(FleetDoctor.mostPeers, indices.count - 1) {
            let asked = patients
            let found = await withTaskGroup(of: Link?.self) { group in
                for (place, index) in indices.enumerated() {
                    let other = indices[(place + round) % indices.count]
                    group.addTask {
                        guard let source = asked[index].driver?.context, let destination = asked[other].driver?.context
                        else {
                            return nil
                        }
                        let reach = await PortPreflight(source: source, destination: destination).reach()
                        return Link(source: index, destination: other, reach, await destination.migrationPorts())
                    }
                }
                return await group.reduce(into: [Link]()) { list, link in link.map { list.append($0) } }
            }
            for link in found.sorted(by: { $0.source < $1.source }) {
                let name = patients[link.destination].node.name
                switch link.reach {
                case .byName: open[link.source, default: []].append("\(name)")
                case .byAddress(let address):
                    open[link.source, default: []].append("\(name) by its address \(address)")
                case .closed(let why):
                    patients[link.source].checks.append(NodeSigns.blockedMigration(to: name, why, ports: link.ports))
                }
            }
        }
        for (index, names) in open {
            patients[index].checks.append(
                NodeCheck(.migration, .good, "guests can be migrated to \(names.joined(separator: ", "))"))
        }
    }

    /// What came of trying whether guests can migrate from one patient to another.
    private struct Link {
        let source: Int
        let destination: Int
        let reach: ObservedRoute.Reach
        /// On which the destination takes them in.
        let ports: ClosedRange<Int>

        init(source: Int, destination: Int, _ reach: ObservedRoute.Reach, _ ports: ClosedRange<Int>) {
            self.source = source
            self.destination = destination
            self.reach = reach
            self.ports = ports
        }
    }

    /// How many other nodes one is held against: more tell nothing new, and would take long.
    private static let mostPeers = 8
}

package import Spec

/// How the instances of a cluster are, from one look at its nodes.
package struct FleetHealth: Sendable {
    private let cluster: Cluster
    private let fleet: ObservedFleet
    private let places: [Name: [(node: ObservedNode, domain: ObservedDomain)]]
    private let roster: Roster?
    private let unreachable: [Name]

    package init(_ cluster: Cluster, _ fleet: ObservedFleet) {
        self.cluster = cluster
        self.fleet = fleet
        let identity = ClusterIdentity(cluster)
        let answers = fleet.nodes.values.compactMap(\.answer).sorted { $0.name < $1.name }
        var places: [Name: [(node: ObservedNode, domain: ObservedDomain)]] = [:]
        for node in answers {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity else { continue }
                places[mark.instance, default: []].append((node, domain))
            }
        }
        self.places = places
        roster = answers.compactMap(\.roster).filter { $0.cluster == identity }.max { $0.age < $1.age }
        unreachable = fleet.nodes.filter { if case .unknown = $0.value { true } else { false } }.keys.sorted()
    }

    /// How an instance is, wherever it is.
    ///
    /// What needs a person most comes first: a conflict, then what keeps it from running, then what is under way.
    package func health(of instance: Name) -> Health {
        let places = places[instance] ?? []
        if places.count > 1 {
            let list = places.map { "\($0.domain.name) on \($0.node.name)" }.joined(separator: " and ")
            return Health(.degraded, "it exists more than once: \(list)")
        }
        if let place = places.first {
            return Health.of(place.domain, on: place.node, wanted: cluster.instances[instance])
        }
        return absent(instance)
    }

    /// The instances that the spec has or a node holds, sorted by name.
    package var instances: [Name] { Set(cluster.instances.keys).union(places.keys).sorted() }

    /// The node that holds an instance, and its domain there; nil where none that answers does.
    package func place(of instance: Name) -> (node: ObservedNode, domain: ObservedDomain)? { places[instance]?.first }

    /// All nodes that hold an instance, with its domains there: more than one while it is moved, or where something is wrong.
    package func places(of instance: Name) -> [(node: ObservedNode, domain: ObservedDomain)] { places[instance] ?? [] }

    /// How the roles of an instance are, those that left the spec among them, by name.
    package func roles(of instance: Name) -> [Name: RoleState] {
        let wanted = cluster.instances[instance]?.roles ?? [:]
        guard let domain = places[instance]?.first?.domain else {
            let health = absent(instance)
            return wanted.mapValues {
                RoleState(health.status == .unknown ? .unknown : .missing, word: $0.word.text, health: health)
            }
        }
        return domain.roleStates(of: wanted)
    }

    private func absent(_ instance: Name) -> Health {
        if let entry = (roster ?? fleet.remembered)?.instances[instance] {
            switch fleet.nodes[entry.node] {
            case .answered: return Health(.missing, "it was on \(entry.node), but its domain no longer exists")
            case .unknown(let cause):
                return Health(.unknown, "\(entry.node) does not answer: \(cause.summary(behind: entry.node))")
            case .notContacted:
                return Health(.unknown, "\(entry.node) was not contacted, since the spec says that it is offline")
            case nil: return Health(.unknown, "it was on \(entry.node), which is not in the spec")
            }
        }
        // What was adopted is there somewhere.
        if roster == nil || cluster.instances[instance]?.isAdopted == true, !unreachable.isEmpty {
            return Health(.unknown, "\(unreachable.map(\.text).joined(separator: ", ")) does not answer and may run it")
        }
        let remedy = cluster.instances[instance]?.isAdopted == true ? "import it again" : "apply creates it"
        return Health(.missing, "it exists on no node; \(remedy)")
    }
}

extension Health {
    /// How a domain of the cluster is, against what the spec wants of it; nil where the spec does not have it any more.
    static func of(_ domain: ObservedDomain, on node: ObservedNode, wanted: Instance?) -> Health {
        guard let mark = domain.mark else { return Health(.unknown, "it has no mark") }
        switch mark.phase {
        case .deleting: return Health(.progressing, "it is being deleted; apply completes that")
        case .creating: return Health(.progressing, "its creation is incomplete; apply completes it")
        case .replacing: return Health(.progressing, "its root disk is being replaced; apply completes that")
        case .active: break
        }
        let lost = domain.disks.filter { !$0.isForeign && !$0.path.hasPrefix("/dev/") && node.volumes[$0.path] == nil }
        if !lost.isEmpty { return Health(.degraded, "\(lost.map(\.path).joined(separator: ", ")) is missing") }
        if !domain.isPersistent {
            return Health(
                .degraded, "it runs without a definition and disappears when it stops; apply defines it again")
        }
        switch domain.power {
        case .crashed: return Health(.degraded, "it crashed")
        case .paused: return Health(.degraded, "it is paused\(domain.pause?.words ?? "")")
        case .other: return Health(.degraded, "libvirt does not know its state")
        case .running: return running(domain, mark, on: node, wanted: wanted)
        case .shutOff:
            if wanted?.power == .on { return Health(.degraded, "it is off, but the spec says power: on") }
            return Health(
                .stopped, domain.hasManagedSave ? "its memory is saved; its next start resumes from it" : "")
        }
    }

    private static func running(
        _ domain: ObservedDomain, _ mark: DomainMark, on node: ObservedNode, wanted: Instance?
    ) -> Health {
        for nic in domain.nics {
            let what = nic.name.map(\.text) ?? nic.mac.description
            switch nic.attachment {
            case .network(let network) where !node.networks.contains { $0.name == network && $0.isActive }:
                return Health(.degraded, "the network \(network) of \(what) is not running on \(node.name)")
            case .bridge(let port) where !node.has(port):
                return Health(.degraded, "the \(port.text) of \(what) does not exist on \(node.name)")
            default: break
            }
        }
        if wanted?.power == .off { return Health(.progressing, "it is running, but the spec says power: off") }
        guard mark.wasReady else {
            let when = wanted.map { " (\($0.ready.when.rawValue))" } ?? ""
            return Health(.progressing, "it is running, but was never ready\(when)")
        }
        switch mark.trial?.stage {
        case .begun, .verified:
            return Health(.progressing, "the rollback state of a change still exists; apply deletes it")
        case .made: return Health(.progressing, "its last change is not verified yet; apply waits for that")
        case .rolledBack, .goingBack, nil: break
        }
        if mark.roleTrial?.stage == .goingBack {
            return Health(.progressing, "a change of its roles is being rolled back; apply finishes that")
        }
        if mark.roleTrial?.isOpen == true {
            return Health(.progressing, "its roles are not settled: the snapshot from before still exists; apply again")
        }
        if let problem = domain.roleHealth(wanted) { return problem }
        return Health(.healthy, domain.waitsForBoot ?? mark.trial?.words ?? "")
    }
}

extension ObservedDomain {
    /// How its roles are, by name.
    fileprivate func roleStates(of wanted: [Name: Role]) -> [Name: RoleState] {
        let unasked =
            power == .running
            ? Health(.unknown, "its guest was not asked") : Health(.stopped, "its guest is not running")
        return roles.states(of: wanted, unasked: unasked)
    }

    /// What is wrong with the roles that the spec gives it, in words; nil where nothing is.
    fileprivate func roleHealth(_ wanted: Instance?) -> Health? {
        guard let wanted, !wanted.roles.isEmpty else { return nil }
        let states = roleStates(of: wanted.roles).filter { wanted.roles[$0.key] != nil }.sorted { $0.key < $1.key }
        func words(_ statuses: Set<Health.Status>) -> String? {
            let found = states.filter { statuses.contains($0.value.health.status) }
            let words = found.map { "\($0.key) (\($0.value.word)): \($0.value.health.reason)" }
            return words.isEmpty ? nil : words.joined(separator: "; ")
        }
        if let words = words([.degraded]) { return Health(.degraded, words) }
        if let words = words([.unknown]) { return Health(.unknown, words) }
        return words([.missing, .progressing]).map { Health(.progressing, $0) }
    }

    /// What its definition has and its machine gets at its next boot only, in words; nil where that is nothing.
    fileprivate var waitsForBoot: String? {
        guard let running else { return nil }
        var parts: [String] = []
        if running.vcpus != vcpus { parts.append("vcpus \(running.vcpus) -> \(vcpus)") }
        if running.memory != memory { parts.append("memory \(running.memory) -> \(memory)") }
        let seeds = [running.disks, definedDisks].map { disks in disks.first { $0.name == "seed" }?.serial }
        if seeds[0] != seeds[1] { parts.append("its new seed") }
        return parts.isEmpty ? nil : "changes pending until its next boot: \(parts.joined(separator: ", "))"
    }
}

extension NodeObservation {
    /// What an answer said; nil where there was none.
    fileprivate var answer: ObservedNode? {
        if case .answered(let node) = self { node } else { nil }
    }
}

import Spec

/// A plan and what it was made from, arranged for questions.
struct Evidence: Sendable {
    /// A domain on a node.
    struct Place: Hashable {
        var node: Name
        var uuid: UniqueID
    }

    let plan: Plan
    let cluster: Cluster
    let identity: ClusterIdentity
    let intent: Intent
    /// Data disks that may go by name, such as `db.data`.
    var deletedDisks: Set<String> = []
    let fleet: ObservedFleet
    /// The nodes that answered.
    let nodes: [Name: ObservedNode]
    /// Those of them that are other machines now.
    private let others: Set<Name>
    /// Which nodes share which folders.
    let sharing: SharedFolders
    let domains: [Place: ObservedDomain]
    /// What was found on migration paths.
    let routes: [MigrationPath: ObservedRoute]
    let networks: [Place: ObservedNetwork]
    /// The nodes that have a domain of a UUID, whosever it is.
    let nodesByDomain: [UniqueID: [Name]]
    /// Where each instance of this cluster was seen.
    let seen: [Name: [Place]]
    /// The newest roster of this cluster that any node has.
    let roster: Roster?
    /// The kept disks that any roster of this cluster has.
    let keptDisks: Set<Roster.KeptDisk>
    /// Nodes that were not seen and of which any roster says that they have an instance, by instance.
    let witnesses: [Name: Set<Name>]
    /// Which of the plan's steps wait for which.
    let graph: StepGraph
    /// The steps that speak of one domain, by their numbers.
    let domainSteps: [Place: [Int]]
    let definitions: [Place: DomainDefinition]
    let networkDefinitions: [Place: NetworkDefinition]
    /// The kept disks of each node by the newest roster.
    private let keptOnRecord: [Name: [Roster.KeptDisk]]
    /// The kept disks of each node by the newest roster, and by the first that the plan writes.
    private let recordedKept: [[Name: [Roster.KeptDisk]]]

    init(plan: Plan, cluster: Cluster, fleet: ObservedFleet, intent: Intent) {
        self.plan = plan
        self.cluster = cluster
        identity = ClusterIdentity(cluster)
        self.intent = intent
        self.fleet = fleet
        routes = fleet.routes
        let found = FleetEvidence(fleet, of: cluster, identity)
        nodes = found.nodes
        sharing = SharedFolders(cluster: cluster, nodes: found.nodes)
        domains = found.domains
        nodesByDomain = Dictionary(grouping: found.domains.keys, by: \.uuid).mapValues { $0.map(\.node).sorted() }
        networks = found.networks
        seen = found.seen
        roster = found.roster
        keptDisks = found.keptDisks
        witnesses = found.witnesses(in: cluster)
        others = Evidence.others(found.nodes, than: found.roster)
        graph = StepGraph(plan.steps)
        var domainSteps: [Place: [Int]] = [:]
        var definitions: [Place: DomainDefinition] = [:]
        var networkDefinitions: [Place: NetworkDefinition] = [:]
        var written: Roster?
        for (index, step) in plan.steps.enumerated() {
            if let uuid = step.operation.domain {
                domainSteps[Place(node: step.node, uuid: uuid), default: []].append(index)
            }
            switch step.operation {
            case .domain(.define(let definition)):
                definitions[Place(node: step.node, uuid: definition.uuid)] = definition
            case .network(.define(let definition)):
                networkDefinitions[Place(node: step.node, uuid: definition.mark.uuid)] = definition
            case .roster(.write(let roster)) where written == nil: written = roster
            default: break
            }
        }
        self.domainSteps = domainSteps
        self.definitions = definitions
        self.networkDefinitions = networkDefinitions
        recordedKept = [found.roster, written].compactMap { $0 }.map { Dictionary(grouping: $0.keptDisks, by: \.node) }
        keptOnRecord = Dictionary(grouping: found.roster?.keptDisks ?? [], by: \.node)
    }

    /// Whether the domain carries this cluster's mark for itself.
    static func owns(_ identity: ClusterIdentity, _ domain: ObservedDomain) -> Bool {
        domain.markProblem == nil && domain.mark?.cluster == identity && domain.mark?.uuid == domain.uuid
    }

    /// Whether the network carries this cluster's mark for itself.
    static func owns(_ identity: ClusterIdentity, _ network: ObservedNetwork) -> Bool {
        network.markProblem == nil && network.mark?.cluster == identity && network.mark?.uuid == network.uuid
    }

    /// The steps whose operation a test accepts, with their numbers; no others are copied.
    func steps(where accepts: (Operation) -> Bool) -> [(index: Int, step: Step)] {
        plan.steps.indices.filter { accepts(plan.steps[$0].operation) }.map { ($0, plan.steps[$0]) }
    }

    /// The domain there where it is this cluster's and its instance was seen nowhere else.
    func owned(_ place: Place) -> ObservedDomain? {
        guard let domain = domains[place], Evidence.owns(identity, domain), let mark = domain.mark else { return nil }
        let places = seen[mark.instance] ?? []
        if places.count == 1 { return domain }
        // Both ends of one migration are one instance, too.
        guard let move = mark.move,
            Set(places) == [Place(node: move.from, uuid: place.uuid), Place(node: move.to, uuid: place.uuid)],
            places.allSatisfy({ domains[$0]?.mark?.move == move })
        else { return nil }
        return domain
    }

    /// Whether a domain is migrated to a node by this plan.
    func isMovedTo(_ place: Place) -> Bool {
        domainSteps[place]?.contains { index in
            if case .move(let part) = plan.steps[index].operation { part.stage == .prepare } else { false }
        } ?? false
    }

    /// The steps that edit the definition of the domain there.
    func edits(of place: Place) -> [Int] {
        (domainSteps[place] ?? []).filter { plan.steps[$0].operation.edit != nil }
    }

    /// The network there where it is this cluster's.
    func ownedNetwork(_ place: Place) -> ObservedNetwork? {
        guard let network = networks[place], Evidence.owns(identity, network) else { return nil }
        return network
    }

    /// Whether a node may still hold what the roster says it holds.
    ///
    /// So does one that left the spec, and one that is another machine now; only `lost` says otherwise.
    func isUnreachable(_ node: Name) -> Bool {
        cluster.nodes[node]?.state != .lost && (nodes[node] == nil || others.contains(node))
    }

    /// The nodes that answered and are other machines than the roster knows by their names.
    private static func others(_ nodes: [Name: ObservedNode], than roster: Roster?) -> Set<Name> {
        guard let roster else { return [] }
        let machines = Dictionary(grouping: nodes.values, by: \.machine)
        let others = nodes.values.filter { node in
            guard let known = roster.nodes[node.name], let machine = known.machine else { return false }
            if machine != node.machine { return true }
            // Of clones, which share a machine-id, libvirt's UUID tells which it is.
            let isCloned = machines[machine].map { $0.count > 1 } ?? false
            return isCloned && known.host != nil && node.host != nil && known.host != node.host
        }
        return Set(others.map(\.name))
    }

    /// The unreachable node on which the roster has the instance of a domain that is off here, and not migrating.
    func disputant(of place: Place) -> Name? {
        guard let domain = owned(place), domain.power != .running, let mark = domain.mark, mark.move == nil,
            let entry = roster?.instances[mark.instance]
        else { return nil }
        let ends = [entry.node, entry.alsoOn].compactMap(\.self)
        // Where it was moving to or from, its mark says that the move has ended.
        guard entry.doubt == .disputed || !ends.contains(place.node) else { return nil }
        return ends.first { $0 != place.node && isUnreachable($0) }
    }

    /// Whether a step waits for the edit that takes a file away from a domain.
    func isTaken(_ path: String, from domain: ObservedDomain, before index: Int) -> Bool {
        guard let name = domain.disks.first(where: { $0.path == path })?.name else { return false }
        return requires(index) { other in
            let operation = plan.steps[other].operation
            guard operation.domain == domain.uuid, let edit = operation.edit else { return false }
            return edit.items.contains { if case .removeDisk(name) = $0 { true } else { false } }
        }
    }

    /// Whether a step waits for a roster that has a file on record as a kept disk of its node, or one that stands on it.
    func isRecordedKept(_ path: String, before index: Int) -> Bool {
        requires(index) { other in
            guard case .roster(.write(let roster)) = plan.steps[other].operation else { return false }
            return roster.keptDisks.contains { chain(of: $0, on: plan.steps[index].node).contains(path) }
        }
    }

    /// Whether the newest roster has a file as a kept disk of a node, or as one that is below such a disk.
    func isKeptDisk(_ path: String, on node: Name) -> Bool {
        keptOnRecord[node]?.contains { chain(of: $0, on: node).contains(path) } ?? false
    }

    /// The kept disk that a file is or lies below, with all that is its own below it, the disk first; empty where none is on record.
    func keptChain(of path: String, on node: Name) -> [String] {
        for kept in recordedKept {
            // Where a disk was on record before somebody put another on top of it, both may be.
            let chains = (kept[node] ?? []).map { chain(of: $0, on: node) }.filter { $0.contains(path) }
            if let longest = chains.max(by: { $0.count < $1.count }) { return longest }
        }
        return []
    }

    /// A kept disk of a node with the files below it that are its own; empty where it is on another.
    func chain(of disk: Roster.KeptDisk, on node: Name) -> [String] {
        guard disk.node == node else { return [] }
        return [disk.path]
            + DiskLayers.below(disk.path, disk: disk.disk.text, of: identity, in: nodes[node]?.volumes ?? [:])
    }

    /// The first step of the domain there that the test accepts.
    func step(of place: Place, where matches: (Operation) -> Bool) -> Int? {
        domainSteps[place]?.first { matches(plan.steps[$0].operation) }
    }

    /// Whether a step waits, however indirectly, for the success of another on its node.
    ///
    /// Roster writes of other nodes count as being on the way.
    func requires(_ index: Int, _ wanted: (Int) -> Bool) -> Bool {
        let node = plan.steps[index].node
        return graph.requires(index, through: { plan.steps[$0].node == node || plan.steps[$0].operation.isRosterWrite })
        {
            wanted($0)
        }
    }
}

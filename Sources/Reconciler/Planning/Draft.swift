import Spec

/// A plan while it is being made: what the passes read, and what they have decided so far.
struct Draft {
    let cluster: Cluster
    let inputs: Inputs
    let intent: Intent
    let options: PlanningOptions
    let identity: ClusterIdentity
    let names: ObjectNames
    /// What was asked outside guests for their roles.
    var answers: RoleAnswers { fleet.answers }
    private let fleet: ObservedFleet

    /// Nodes that answered and are what their name says, by name.
    var answered: [Name: ObservedNode] = [:] {
        didSet {
            answeredNames = answered.keys.sorted()
            sharing = SharedFolders(cluster: cluster, nodes: answered)
        }
    }
    /// Which nodes share which folders, as far as anybody can tell.
    private(set) var sharing = SharedFolders()
    /// The same, in name order.
    private(set) var answeredNames: [Name] = []
    /// Nodes of the spec that nobody knows the state of now, `offline` ones included.
    var silent: Set<Name> = []

    /// What the newest rosters remember.
    var memory = Memory()
    /// This cluster's domains by instance; an instance in conflict is not in it.
    var owned: [Name: OwnedDomain] = [:]
    /// Whether things of this cluster are there and nobody remembers where the rest is.
    var hasLostMemory = false
    /// Every domain by its name, and by its UUID, in the order of the nodes.
    var domainsByName: [String: [Standing]] = [:]
    var domainsByUUID: [UniqueID: [Standing]] = [:]
    /// Instances that must be left alone, with the reason already given.
    var untouchable: Set<Name> = []
    /// Instances whose domain goes in this plan, with the step that removes it.
    var removals: [Name: StepID] = [:]
    /// Where those steps are in `steps`, while networks are looked at.
    var removalSteps: [StepID: Int] = [:]

    /// Instances whose mark says that they are on their way, and how far they came.
    var arrivals: [Name: Arrival] = [:]
    /// Instances without a domain of whose disks both ends of a move have some.
    var torn: Set<Name> = []
    /// The new names of instances that the spec renames, by those that their marks have.
    var renamed: [Name: Name] = [:]
    /// Instances that nothing may be done to now but to wait, with the reason.
    var frozen: [Name: String] = [:]
    /// Where instances that are there go, and how.
    var moves: [Name: InstanceMove] = [:]
    /// Why each of them moves.
    var moveReasons: [Name: String] = [:]
    /// Instances that do not move in this plan, since something else of them is refused.
    var staying: Set<Name> = []
    /// What keeps instances that are to move from it.
    var moveRefusals: [Name: String] = [:]
    /// Why an instance is stopped that the spec wants to run.
    var stopReasons: [Name: String] = [:]
    /// What those will take on each node.
    var incoming: [Name: (vcpus: Double, memory: Double)] = [:]

    /// What is wanted and found.
    var existing: [Instance] = []
    /// What is wanted, missing, and may be made.
    var missing: [Instance] = []
    /// A node for each group whose members are to be together: there, or where the label is the same.
    var gatherings: [Name: Name] = [:]
    /// What half-made domains are defined as anew.
    var resumed: [Name: DomainDefinition] = [:]
    /// Where the missing ones go.
    var placements: [Name: PlacementDecision] = [:]
    /// MAC and address of every NIC of every wanted instance.
    var nics: [Name: [Name: DomainMark.NIC]] = [:]
    /// Deletions that an instance waits for because its spec takes over a MAC or address.
    var waits: [Name: [StepID]] = [:]

    /// The step after which a pool's folder is there; nil where it is already.
    var poolSteps: [Location: StepID] = [:]
    var imageSteps: [Location: StepID] = [:]
    /// The step after which a network is up and its reservations are in.
    var networkSteps: [Location: [StepID]] = [:]
    /// Networks whose edit was refused, and which stay what they are.
    var refusedNetworks: Set<Name> = []

    /// Whether a step runs after every node's opening, or moving, roster write.
    var needsOpeningBarrier = false
    var needsMovingBarrier = false
    /// The last step so far that waits for a guest to boot, by node.
    var lastBoots: [Name: StepID] = [:]
    /// The steps so far that move an instance from or to a node.
    var travels: [Name: [StepID]] = [:]
    /// The UUIDs that our networks get where they are made.
    let networkIDs: [Name: UniqueID]

    /// What each instance that is there needs.
    var updates: [Name: InstanceUpdate] = [:]
    /// Instances whose root disk stays though their image is another one now, by image.
    var staleRoots: [Name: Set<Name>] = [:]
    /// What nodes give to the instances that are made there, from where they have their places on.
    var newDemand: [Name: (vcpus: Double, memory: Double)] = [:]
    /// Rooms of nodes with what instances there grow by, as far as anybody asked.
    var grown: [Name: Room] = [:]
    /// Bytes of pools' folders that disks will take which move there.
    var promisedRoom: [Location: UInt64] = [:]
    /// For each group the steps after which a member that went away is back, in order.
    var rolling: [Name: [StepID]] = [:]

    var explanation: PlacementExplanation?
    /// For each group the steps that change its members' roles, in order.
    var rollingRoles: [Name: [StepID]] = [:]

    var changes: [Change] = []
    var steps: [Step] = []
    /// The steps so far that change a domain, by its node and UUID.
    private(set) var domainSteps: [Location: [StepID]] = [:]
    var refusals: [Plan.Refusal] = []
    var silences: [Plan.Silence] = []
    var notices: [Plan.Notice] = []
    var unknowns: [Plan.Unknown] = []
    /// Data disks that stay when their instance goes.
    var newlyKept: [Roster.KeptDisk] = []
    /// Disks of adopted instances that go, which stay and are no business of kvmctl's any more.
    var ownersDisks: [Roster.KeptDisk] = []
    /// Kept disks that an instance takes back or that are deleted.
    var releasedPaths: Set<Location> = []

    init(
        cluster: Cluster, inputs: Inputs, fleet: ObservedFleet, intent: Intent,
        options: PlanningOptions = PlanningOptions()
    ) {
        self.cluster = cluster
        self.inputs = inputs
        self.fleet = fleet
        self.intent = intent
        self.options = options
        identity = ClusterIdentity(cluster)
        let names = ObjectNames(identity)
        self.names = names
        networkIDs = Dictionary(uniqueKeysWithValues: cluster.networks.keys.map { ($0, names.networkUUID($0)) })
        for (name, node) in cluster.nodes {
            switch fleet.nodes[name] {
            case .answered(let observed) where node.state != .lost: answered[name] = observed
            default:
                if node.state != .lost { silent.insert(name) }
            }
        }
        // Observers do not run in an initializer.
        answeredNames = answered.keys.sorted()
        sharing = SharedFolders(cluster: cluster, nodes: answered)
    }

    /// What was found on the ways of moves, as far as anybody looked.
    var routes: [ObservedRoute.Way: ObservedRoute] { fleet.routes }

    /// The roster that this machine wrote last, where it is of this cluster.
    var ownRoster: Roster? { fleet.remembered.flatMap { $0.cluster == identity ? $0 : nil } }

    /// Every answer, also of nodes that were set apart since.
    var everyAnswer: some Sequence<ObservedNode> {
        fleet.nodes.values.lazy.compactMap { if case .answered(let node) = $0 { node } else { nil } }
    }

    /// Why a node did not answer; nil for one that answered or was not asked.
    func silence(of node: Name) -> Unreachable? {
        if case .unknown(let cause) = fleet.nodes[node] { cause } else { nil }
    }

    /// Where a wanted instance is or will be.
    func home(of instance: Name) -> Name? {
        if let node = placements[instance]?.node ?? moves[instance]?.to { return node }
        return removals[instance] == nil ? owned[instance]?.node : nil
    }

    /// Whether an earlier run began to make an instance and did not end.
    func isHalfMade(_ instance: Instance) -> Bool {
        owned[instance.name]?.mark.phase == .creating && removals[instance.name] == nil
    }

    /// Wanted instances that steps of creation are planned for.
    var toMake: [Instance] { existing.filter(isHalfMade) + missing }

    var isDestroy: Bool {
        if case .destroy = intent { true } else { false }
    }

    var deletesData: Bool {
        switch intent {
        case .apply(let deleteData), .destroy(let deleteData): deleteData
        }
    }

    /// Whether a data disk that its instance lets go of goes as well.
    func deletes(_ disk: String, of instance: Name) -> Bool {
        deletesData || options.deletedDisks.contains("\(instance).\(disk)")
    }

    /// Whether this run may change what carries this part.
    func manages(_ part: Name) -> Bool { cluster.parts.contains(part) }

    /// The pool as the node has it.
    func pool(_ name: Name, on node: Name) -> Pool? { cluster.pool(name, on: node) }

    mutating func add(_ step: Step) {
        steps.append(step)
        if let domain = step.operation.domain {
            domainSteps[Location(node: step.node, what: domain.text), default: []].append(step.id)
        }
        if step.operation.isReadyWait { lastBoots[step.node] = step.id }
    }
}

/// A named or pathed thing on a node.
struct Location: Hashable, Comparable {
    let node: Name
    let what: String

    static func < (left: Location, right: Location) -> Bool {
        (left.node, left.what) < (right.node, right.what)
    }
}

/// Where a domain is: its node, and its number there.
struct Standing: Comparable {
    let node: Name
    let number: Int

    static func < (left: Standing, right: Standing) -> Bool {
        (left.node, left.number) < (right.node, right.number)
    }
}

/// A domain with this cluster's valid mark.
struct OwnedDomain {
    let node: Name
    let domain: ObservedDomain
    let mark: DomainMark
}

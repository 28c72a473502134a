import Reconciler
import SeededRandomness
import Spec
import TestNames

/// A random fleet with a history, and the spec that is to be applied to it now.
///
/// Everything of the cluster's own in it was made by real plans that really ran, whole or cut short, so that the
/// starting points are those that users can get into.
struct World: Sendable {
    /// What a world may have in it; the property tests count how many had each.
    enum Trait: String, Sendable, CaseIterable {
        case unreachableNode = "unreachable node"
        case unmountedPool = "pool that is not mounted"
        case sharedPool = "pool that nodes share"
        case linkedPool = "pool reached through a link"
        case stoppedDomain = "stopped domain"
        case foreignLookalike = "foreign look-alike"
        case keptDisk = "kept disk"
        case halfCreated = "half-created instance"
        case halfDeleted = "half-deleted instance"
        case protected = "protected instance"
        case removedInstance = "instance removed from the spec"
        case twoParts = "two parts"
        case lostNode = "lost node"
        case overlaidDisk = "file put on top of a disk"
        case undefinedDomain = "domain undefined behind our back"
        case networkDrift = "network edited behind our back"
        case cutLink = "pulled cable"
        case networkEdited = "network edited in the spec"
        case emptyRosters = "rosters lost"
        case droppedPool = "pool that left the spec"
        case editedSpec = "changed instance"
        case moved = "pinned elsewhere"
        case halfMoved = "half-moved instance"
        case savedMemory = "saved memory"
        case failedLast = "migration failed in its last phase"
        case leftPaused = "paused by a migration that broke off"
        case maintenance = "node in maintenance"
        case refusedBeside = "refused instance beside good ones"
        case clones = "nodes cloned from one template"
        case forgedRoster = "forged roster"
        case twoPartsInMaintenance = "two parts on a node in maintenance"
    }

    let seed: UInt64
    var generator: SeededGenerator
    /// What this run applies.
    var cluster: Cluster
    /// The instances of all parts and times, which the history is made of.
    var everything: Cluster
    var inputs: Inputs
    var fleet: FakeFleet
    var traits: Set<Trait> = []
    var foreign = ForeignThings()
    /// Instances whose domain somebody undefined.
    var undefined: Set<Name> = []
    /// Instances that were migrating when a run ended.
    var halfMoved: Set<Name> = []
    /// What went wrong while history was made.
    var problems: [String] = []

    static let identity = ClusterIdentity(name: name("demo"))
    static let extra = name("extra")
    static let main = name("main")

    /// Builds the world of a seed: the same seed, the same world.
    static func make(seed: UInt64) async -> World {
        var generator = SeededGenerator(seed: seed)
        let spec = RandomSpec(&generator)
        let nodes = spec.cluster.nodes.keys.sorted().map { spec.fakeNode($0, &generator) }
        var world = World(
            seed: seed, generator: generator, cluster: spec.cluster, everything: spec.cluster, inputs: spec.inputs,
            fleet: FakeFleet(identity, nodes))
        if spec.cluster.pools.values.contains(where: \.shared), spec.cluster.nodes.count > 1 {
            world.traits.insert(.sharedPool)
        }
        await world.makeHistory()
        return world
    }

    /// Whether a trait is to be tried in this world, which is so in a bit more than every third.
    mutating func wants(_ trait: Trait) -> Bool { generator.chance(50) }

    /// Nodes that answer when this world's spec is applied.
    var answering: [Name] {
        let nodes = fleet.nodes
        return cluster.nodes.values
            .filter { $0.state != .lost && $0.state != .offline && nodes[$0.name]?.isUnknown == false }
            .map(\.name).sorted()
    }
}

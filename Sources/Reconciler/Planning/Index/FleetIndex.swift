import Spec

/// What there is: who answers, what is this cluster's, what is in conflict, what rosters remember, and which
/// migrations are unfinished.
struct FleetIndex: FleetReading {
    let request: PlanningRequest
    var nodes: NodeIndex
    var domains = DomainIndex()
    var history = RosterHistory()
    /// Instances whose mark says that they are migrating, and how far they came.
    var unfinishedMigrations: [Name: UnfinishedMigration] = [:]
    /// Instances that nothing may be done to now but to wait, with the reason.
    var awaitingMigration: [Name: String] = [:]
    /// Instances without a domain of whose disks both ends of a move have some.
    var splitInstances: Set<Name> = []
    /// Instances that must be left alone, with the reason among the findings.
    var conflicts: Set<Name> = []
    /// The UUIDs that domains get of instances of the spec that have none: many ask for them.
    var domainIDs: [Name: UniqueID] = [:]
    /// What each node that answers has to give, with the domains that it has.
    var capacities: [Name: NodeCapacity] = [:]
    var findings = Findings()

    init(_ request: PlanningRequest) {
        self.request = request
        nodes = NodeIndex(request)
    }

    var index: FleetIndex { self }
}

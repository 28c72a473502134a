import Spec

/// A stage that reads what was asked and what there is.
protocol FleetReading {
    var index: FleetIndex { get }
}

extension FleetReading {
    var cluster: Cluster { index.request.cluster }
    var inputs: Inputs { index.request.inputs }
    var options: PlanningOptions { index.request.options }
    var identity: ClusterIdentity { index.request.identity }
    var names: ObjectNames { index.request.names }
    var networkIDs: [Name: UniqueID] { index.request.networkIDs }

    /// Nodes that answered and are what their name says, by name.
    var answered: [Name: ObservedNode] { index.nodes.answered }
    /// The same, in name order.
    var answeredNames: [Name] { index.nodes.names }
    /// Nodes of the spec that nobody knows the state of now, `offline` ones included.
    var unreachable: Set<Name> { index.nodes.unreachable }
    /// Which nodes share which folders, as far as anybody can tell.
    var sharing: SharedFolders { index.nodes.sharing }

    /// This cluster's domains by instance; an instance in conflict is not in it.
    var owned: [Name: OwnedDomain] { index.domains.owned }
    /// The new names of instances that the spec renames, by those that their marks have.
    var renamed: [Name: Name] { index.domains.renamed }
    var domainsByName: [String: [DomainLocation]] { index.domains.byName }
    var domainsByUUID: [UniqueID: [DomainLocation]] { index.domains.byUUID }

    /// What the newest rosters remember.
    var history: RosterHistory { index.history }
    /// Instances whose mark says that they are migrating, and how far they came.
    var unfinishedMigrations: [Name: UnfinishedMigration] { index.unfinishedMigrations }
    /// Instances that nothing may be done to now but to wait, with the reason.
    var awaitingMigration: [Name: String] { index.awaitingMigration }
    /// Instances without a domain of whose disks both ends of a move have some.
    var splitInstances: Set<Name> { index.splitInstances }
}

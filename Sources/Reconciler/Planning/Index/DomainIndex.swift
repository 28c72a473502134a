import Spec

/// The domains of the nodes that answered.
struct DomainIndex {
    /// This cluster's domains by instance; an instance in conflict is not in it.
    var owned: [Name: OwnedDomain] = [:]
    /// The new names of instances that the spec renames, by those that their marks have.
    var renamed: [Name: Name] = [:]
    /// Every domain by its name, and by its UUID, in the order of the nodes.
    var byName: [String: [DomainLocation]] = [:]
    var byUUID: [UniqueID: [DomainLocation]] = [:]
}

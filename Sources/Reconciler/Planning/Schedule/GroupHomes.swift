import Spec

/// Where the members of each group are or will be, while moves are decided one after the other.
struct GroupHomes {
    /// Homes that are decided: of pinned members, and of those that came before.
    var decided: [Name: [Name: Name]] = [:]
    /// Homes of all members as they are.
    var present: [Name: [Name: Name]] = [:]

    /// Notes where a member will be.
    mutating func note(_ instance: Instance, _ node: Name) {
        decided[instance.group ?? instance.name, default: [:]][instance.name] = node
    }
}

extension Rule {
    /// One address or MAC written for a whole group would be given to each of its members.
    static let groupsShareNothing = Rule { cluster in
        var members: [Shared: [Name]] = [:]
        for instance in cluster.orderedInstances {
            guard let group = instance.group else { continue }
            for nic in instance.nics {
                for (key, value) in [("address", nic.address?.description), ("mac", nic.mac?.description)] {
                    guard let value, let place = instance.positions["nics.\(nic.name).\(key)"] else { continue }
                    let shared = Shared(group: group, nic: nic.name, key: key, value: value, place: place)
                    members[shared, default: []].append(instance.name)
                }
            }
        }
        return members.compactMap { shared, names in
            guard names.count > 1 else { return nil }
            let what = shared.key == "mac" ? "MAC address" : "address"
            return Diagnostic(
                at: shared.place,
                "the \(what) \(shared.value) is assigned to \(names.count) members of the group \"\(shared.group)\"",
                remedy: "set it below members:, for one of them")
        }
    }
}

/// A value that stands in one place and reaches several members.
private struct Shared: Hashable {
    let group: Name
    let nic: Name
    let key: String
    let value: String
    let place: Position
}

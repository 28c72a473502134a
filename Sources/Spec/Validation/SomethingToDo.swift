extension Rule {
    /// A spec that defines nothing is a mistake, such as a file emptied by accident: applied, it would delete the fleet.
    static let somethingToDo = Rule(needsEverything: true) { cluster in
        guard let start = cluster.position else { return [] }
        var found: [Diagnostic] = []
        if cluster.nodes.isEmpty {
            found.append(Diagnostic(at: start, "the spec defines no nodes", remedy: "add nodes:"))
        }
        if !cluster.instances.values.contains(where: \.isManaged), !cluster.networks.values.contains(where: \.isManaged)
        {
            found.append(
                Diagnostic(
                    at: start, "the spec defines no instances and no networks",
                    remedy: "to remove what an earlier spec made, use kvmctl destroy with that spec"))
        }
        return found
    }
}

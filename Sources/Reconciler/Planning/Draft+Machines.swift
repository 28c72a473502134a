import Spec

extension Draft {
    /// Sets apart nodes that are not the machine their name stood for, and names that are the same machine.
    ///
    /// The old machine may still run what it held, so its node counts as silent from here on.
    mutating func checkMachines() {
        var firstName: [String: Name] = [:]
        for name in answeredNames {
            guard let node = answered[name] else { continue }
            let position = cluster.nodes[name]?.position
            if let known = memory.nodes[name]?.machine, known != node.machine {
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, name.text, on: nil),
                        reason: "\(name) is another machine now: it was \(known), and \(node.machine) answers",
                        remedy: "give the new machine another name, or, if the old one will not come back, "
                            + "apply once with `state: lost` on \(name)", position: position))
                answered[name] = nil
                silent.insert(name)
            } else if let other = firstName[node.machine] {
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, name.text, on: nil),
                        reason: "\(name) and \(other) are the same machine (\(node.machine))",
                        remedy: "remove one of the two from the spec", position: position))
                answered[name] = nil
                silent.insert(name)
            } else {
                firstName[node.machine] = name
            }
        }
    }

    /// Refuses the whole plan while a node that left the spec still holds instances.
    mutating func checkRemovedNodes() {
        var left: [Name: [Name]] = [:]
        for (instance, entry) in memory.instances where owned[instance] == nil && !untouchable.contains(instance) {
            for node in [entry.node, entry.alsoOn].compactMap(\.self) where cluster.nodes[node] == nil {
                left[node, default: []].append(instance)
            }
        }
        for (node, instances) in left.sorted(by: { $0.key < $1.key }) {
            let list = instances.sorted().map(\.text).joined(separator: ", ")
            refusals.append(
                Plan.Refusal(
                    ObjectReference(.node, node.text, on: nil),
                    reason: "\(node) is no longer in the spec, and still holds \(list)",
                    remedy: "put \(node) back and empty it first, or, if it will not come back, "
                        + "put it back with `state: lost`", stopsEverything: true))
        }
    }
}

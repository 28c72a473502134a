import Spec

extension Draft {
    /// Sets apart nodes that are not the machine their name stood for, and names that are the same machine.
    ///
    /// The old machine may still run what it held, so its node counts as silent from here on.
    mutating func checkMachines() {
        var byMachine: [String: [Name]] = [:]
        for name in answeredNames {
            guard let node = answered[name] else { continue }
            let position = cluster.nodes[name]?.position
            if let known = memory.nodes[name], isAnother(node, than: known) {
                let was = Draft.words(known.machine ?? "", known.host), this = Draft.words(node.machine, node.host)
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, name.text, on: nil),
                        reason: "\(name) is another machine now: it was \(was), and \(this) answers",
                        remedy: "give the new machine another name, or, if the old one will not come back, "
                            + "apply once with `state: lost` on \(name)", position: position))
                setApart(name)
            } else if let other = byMachine[node.machine]?.first(where: { isSame(node, answered[$0]) }) {
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, name.text, on: nil),
                        reason: "\(name) and \(other) are the same machine (\(Draft.words(node.machine, node.host)))",
                        remedy:
                            "remove one of the two from the spec; if they are two machines, one was cloned from the "
                            + "other: give \(name) an identity of its own with `rm /etc/machine-id; "
                            + "systemd-machine-id-setup`, and a `host_uuid` in /etc/libvirt/libvirtd.conf",
                        position: position))
                setApart(name)
            } else {
                byMachine[node.machine, default: []].append(name)
            }
        }
    }

    /// Leaves a node alone that answered, as if it had not.
    private mutating func setApart(_ node: Name) {
        answered[node] = nil
        silent.insert(node)
    }

    /// Whether two names answered as one machine: where nothing tells them apart, they are one.
    private func isSame(_ node: ObservedNode, _ other: ObservedNode?) -> Bool {
        guard let other, node.machine == other.machine else { return false }
        guard let one = node.host, let two = other.host else { return true }
        return one == two
    }

    /// Whether a node is not the machine that its name stood for.
    ///
    /// libvirt makes up a new UUID at every start where the firmware has none, so that alone says nothing, unless
    /// another node has the same machine-id, as clones do.
    func isAnother(_ node: ObservedNode, than known: Roster.Member) -> Bool {
        guard let machine = known.machine else { return false }
        guard machine == node.machine else { return true }
        guard let old = known.host, let new = node.host, old != new else { return false }
        return memory.nodes.contains { $0.key != node.name && $0.value.machine == machine }
            || answered.contains { $0.key != node.name && $0.value.machine == machine }
    }

    private static func words(_ machine: String, _ host: UniqueID?) -> String {
        machine + (host.map { ", libvirt's host \($0)" } ?? "")
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

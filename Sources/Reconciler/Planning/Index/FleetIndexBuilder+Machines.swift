import Spec

extension FleetIndexBuilder {
    /// Sets apart nodes that are not the machine their name stood for, and names that are the same machine.
    ///
    /// The old machine may still run what it held, so its node counts as unreachable from here on.
    mutating func checkMachines() {
        var byMachine: [String: [Name]] = [:]
        // Of clones the one on record is who it was: the other gets an identity of its own, which nobody remembers yet.
        let onRecord = Set(answeredNames.filter { history.nodes[$0]?.machine != nil })
        for name in answeredNames.filter(onRecord.contains) + answeredNames.filter({ !onRecord.contains($0) }) {
            guard let node = answered[name] else { continue }
            let position = cluster.nodes[name]?.position
            if let known = history.nodes[name], isAnother(node, than: known) {
                let was = FleetIndexBuilder.words(known.machine ?? "", known.host),
                    this = FleetIndexBuilder.words(node.machine, node.host)
                index.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, name.text, on: nil),
                        reason: "\(name) is now another machine: the roster has \(was), but \(this) answers",
                        remedy: (wayBack(of: node, to: known).map { "\($0); else " } ?? "")
                            + "give the new machine another name, or, if the old one is gone for good, "
                            + "apply once with `state: lost` on \(name)", position: position))
                setApart(name)
            } else if let other = byMachine[node.machine]?.first(where: { isSame(node, answered[$0]) }) {
                index.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.node, name.text, on: nil),
                        reason:
                            "\(name) and \(other) are the same machine (\(FleetIndexBuilder.words(node.machine, node.host)))",
                        remedy:
                            "remove one of the two from the spec; if they are two machines, one was cloned from the "
                            + "other: give \(name) an identity of its own with `rm -f /etc/machine-id "
                            + "/var/lib/dbus/machine-id; systemd-machine-id-setup`, and a `host_uuid` in "
                            + "/etc/libvirt/libvirtd.conf; then reboot it",
                        position: position))
                setApart(name)
            } else {
                byMachine[node.machine, default: []].append(name)
                noteNewID(of: node)
            }
        }
    }

    /// Says that a machine has a new machine-id, which the roster remembers from now on.
    private mutating func noteNewID(of node: ObservedNode) {
        guard let known = history.nodes[node.name], let machine = known.machine, machine != node.machine else { return }
        index.findings.note(
            about: [.node(node.name)],
            "\(node.name) has a new machine-id, \(node.machine) instead of \(machine): it is the same machine according to libvirt's "
                + "host UUID; the new machine-id is recorded")
    }

    /// Leaves a node alone that answered, as if it had not.
    private mutating func setApart(_ node: Name) {
        index.nodes.setApart(node)
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
        guard machine == node.machine else { return !hasNewID(node, known) }
        guard let old = known.host, let new = node.host, old != new else { return false }
        return isTaken(by: node) { other, _ in other == machine }
    }

    /// Whether it is the machine that its name stood for, and somebody gave it a new machine-id, as a clone needs.
    ///
    /// libvirt's UUID has to be the old one and no other node's, the new machine-id nobody else's, and what the cluster put
    /// there has to be there: its roster, and one at least of the instances that are on record. A machine that was set up anew has
    /// none of that, though its firmware tells libvirt the same UUID.
    private func hasNewID(_ node: ObservedNode, _ known: Roster.Member) -> Bool {
        guard let old = known.host, old == node.host, isOurs(node) else { return false }
        return !isTaken(by: node) { machine, host in host == old || machine == node.machine }
    }

    /// Whether what the cluster put on the node of that name is there.
    private func isOurs(_ node: ObservedNode) -> Bool {
        guard node.roster?.cluster == identity else { return false }
        let held = Set(history.instances.values.lazy.filter { $0.node == node.name && $0.alsoOn == nil }.map(\.uuid))
        return held.isEmpty || node.domains.contains { $0.mark?.cluster == identity && held.contains($0.uuid) }
    }

    /// Whether another node has such a machine-id or host UUID, on record or by its own answer.
    private func isTaken(by node: ObservedNode, _ matches: (_ machine: String?, _ host: UniqueID?) -> Bool) -> Bool {
        history.nodes.contains { $0.key != node.name && matches($0.value.machine, $0.value.host) }
            || everyAnswer.contains { $0.name != node.name && matches($0.machine, $0.host) }
    }

    /// How a machine that has what the cluster put there becomes known again, should it be the old one; nil where it has not.
    private func wayBack(of node: ObservedNode, to known: Roster.Member) -> String? {
        guard isOurs(node) else { return nil }
        let start = "if it is the same machine, "
        if let host = known.host, node.host != host, !isTaken(by: node, { $1 == host }) {
            return start + "restore its libvirt host UUID: write `host_uuid = \"\(host)\"` into "
                + "/etc/libvirt/libvirtd.conf there, and restart the daemon"
        }
        guard let machine = known.machine, machine != node.machine else { return nil }
        return start + "restore its machine-id: `echo \(machine) >/etc/machine-id`"
    }

    private static func words(_ machine: String, _ host: UniqueID?) -> String {
        machine + (host.map { ", libvirt host UUID \($0)" } ?? "")
    }

    /// Refuses the whole plan while a node that left the spec still holds instances.
    mutating func checkRemovedNodes() {
        var left: [Name: [Name]] = [:]
        for (instance, entry) in history.instances where owned[instance] == nil && !index.conflicts.contains(instance) {
            for node in [entry.node, entry.alsoOn].compactMap(\.self) where cluster.nodes[node] == nil {
                left[node, default: []].append(instance)
            }
        }
        for (node, instances) in left.sorted(by: { $0.key < $1.key }) {
            let list = instances.sorted().map(\.text).joined(separator: ", ")
            index.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.node, node.text, on: nil),
                    reason: "\(node) is no longer in the spec, but still has \(list)",
                    remedy: "add \(node) again and drain it first, or, if it is gone for good, "
                        + "add it with `state: lost`", stopsEverything: true))
        }
    }
}

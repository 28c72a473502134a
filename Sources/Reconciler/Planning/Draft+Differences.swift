import Spec

extension Draft {
    /// What the spec says now and did not say when it was last applied, in path order.
    func differences(
        applied: [String: String], wanted: [String: String], effect: (String) -> FieldChange.Effect
    ) -> [FieldChange] {
        Set(applied.keys).union(wanted.keys).sorted().compactMap { path in
            guard applied[path] != wanted[path] else { return nil }
            return FieldChange(path: path, old: applied[path], new: wanted[path], effect: effect(path), origin: .edit)
        }
    }

    /// What differs between an instance's spec and what it is or was last applied as, but for power, autostart and
    /// protect, which have steps of their own.
    ///
    /// Where the live state can tell, it is what the spec is compared with, and `applied` says who moved.
    func differences(_ instance: Instance, _ owned: OwnedDomain) -> [FieldChange] {
        let wanted = instance.fields(inputs: inputs)
        let applied = owned.mark.applied
        let live = liveFields(owned, wanted: wanted)
        var changes: [FieldChange] = []
        for path in Set(applied.keys).union(wanted.keys).union(live.keys).sorted() {
            if ["power", "autostart", "protect", "node"].contains(path) { continue }
            let old = Draft.isLive(path) ? live[path] : applied[path]
            // A secret's reference, an explicit MAC or address that the spec no longer sets changes nothing.
            guard old != wanted[path], !(wanted[path] == nil && Draft.mayBeUnset(path)) else { continue }
            changes.append(
                FieldChange(
                    path: path, old: old, new: wanted[path],
                    effect: Draft.effect(of: path, from: old, to: wanted[path]),
                    origin: applied[path] == wanted[path] ? .drift : .edit, position: instance.positions[path]))
        }
        if let pin = instance.node, pin != owned.node {
            changes.append(
                FieldChange(
                    path: "node", old: owned.node.text, new: pin.text, effect: .migrate,
                    origin: applied["node"] == pin.text ? .drift : .edit, position: instance.positions["node"]))
        }
        return changes
    }

    /// Fields that may be missing from what is wanted without anything being wrong: what the spec leaves to kvmctl, and
    /// what could not be read this time.
    private static func mayBeUnset(_ path: String) -> Bool {
        path == "image" || path == "access.sshKeys"
            || path.hasPrefix("nics.") && (path.hasSuffix(".address") || path.hasSuffix(".mac"))
    }

    /// Fields whose value the domain or its volumes tell; for others the mark remembers what was applied.
    private static func isLive(_ path: String) -> Bool {
        path == "vcpus" || path == "memory" || path == "disk" || path.hasPrefix("nics.")
            || path.hasPrefix("disks.") && (path.hasSuffix(".size") || path.hasSuffix(".path"))
    }

    /// The fields that the domain and its volumes tell by themselves.
    private func liveFields(_ owned: OwnedDomain, wanted: [String: String]) -> [String: String] {
        let domain = owned.domain
        var fields = ["vcpus": String(domain.vcpus), "memory": domain.memory.description]
        for disk in domain.disks {
            guard let name = disk.name, name != "seed" else { continue }
            if owned.mark.isAdopted {
                // Whatever else it has is its owner's business.
                if wanted["disks.\(name).path"] != nil { fields["disks.\(name).path"] = disk.path }
                if wanted["disks.\(name).size"] == nil { continue }
            }
            guard let volume = answered[owned.node]?.volumes[disk.path] else { continue }
            fields[name == "root" ? "disk" : "disks.\(name).size"] = volume.capacity.description
        }
        for nic in domain.nics {
            guard let name = nic.name else { continue }
            let path = "nics.\(name).network"
            let network = wanted[path].flatMap(Name.init).flatMap { cluster.networks[$0] }
            if let network, attachment(of: network, on: owned.node) == nic.attachment {
                fields[path] = network.name.text
            } else {
                fields[path] = text(nic.attachment)
            }
            if wanted["nics.\(name).mac"] != nil { fields["nics.\(name).mac"] = nic.mac.description }
            if let address = owned.mark.nics[name]?.address, wanted["nics.\(name).address"] != nil {
                fields["nics.\(name).address"] = address.description
            }
        }
        return fields
    }

    private func text(_ attachment: NICAttachment) -> String {
        switch attachment {
        case .network(let name):
            cluster.networks.keys.first { names.network($0) == name }?.text ?? "libvirt network \(name)"
        case .bridge(let name): "bridge \(name)"
        case .other(let text): text
        }
    }

    /// What a NIC in a network is plugged into on a node.
    func attachment(of network: Network, on node: Name) -> NICAttachment {
        switch network.mode {
        case .bridge(let bridge): return .bridge(bridge)
        case .existing(let name): return .network(name)
        case .nat, .isolated:
            let there = answered[node].flatMap { ownedNetwork(network.name, on: $0) }
            return .network(there?.name ?? names.network(network.name))
        }
    }

    /// The least that a change of a field does to a running guest.
    static func effect(of path: String, from old: String?, to new: String?) -> FieldChange.Effect {
        switch path {
        case "vcpus", "memory":
            let (oldAmount, newAmount) = (old.flatMap(amount), new.flatMap(amount))
            guard let oldAmount, let newAmount else { return .reboot }
            return newAmount >= oldAmount ? .live : .reboot
        case "image": return .replace
        case "node": return .migrate
        case "cloudInit", "access.user", "access.sshKeys", "access.rootPassword": return .nextBoot
        default:
            return path.hasSuffix(".address") || path.hasSuffix(".mac") ? .reboot : .live
        }
    }

    private static func amount(_ text: String) -> UInt64? {
        UInt64(text) ?? Size(text)?.bytes
    }
}

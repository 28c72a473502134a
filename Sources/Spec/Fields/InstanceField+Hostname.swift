import YAML

extension InstanceField {
    static let hostname = InstanceField(
        "hostname", .hostname, \.hostname,
        "The guest's host name: one label, or a name with its domain, which `hostname -f` prints in the guest. "
            + "`hostname` and `fqdn` of `cloudInit` may not say otherwise.", unset: "the instance's name",
        example: "s4-controller.lab.example", effect: .firstBoot,
        traits: Traits(
            isIgnorable: true, isOfMadeOnly: true, rules: [.hostnamesAreGivenOnce, .hostnameIsNotContradicted]))
}

extension Instance {
    /// What its guest calls itself.
    package var guestName: HostName { hostname ?? HostName(name) }
}

extension Kind where Value == HostName {
    /// One label, or a fully qualified domain name.
    static var hostname: Kind {
        let label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
        return .parsed("a host name such as db or db.example.org", pattern: "^\(label)(\\.\(label))*$") {
            text throws(Complaint) in
            guard let name = HostName(text) else {
                let spelling = text.lowercased()
                let near = HostName(spelling.hasSuffix(".") ? String(spelling.dropLast()) : spelling)
                throw Complaint(remedy: near.map { "write \($0)" })
            }
            return name
        }
    }
}

extension Rule {
    /// Two guests in one network do not call themselves the same, where the spec says what one of them does.
    fileprivate static let hostnamesAreGivenOnce = Rule { cluster in
        guard cluster.instances.values.contains(where: { $0.hostname != nil }) else { return [] }
        var first: [Place: Instance] = [:]
        var found: [Diagnostic] = []
        let instances = cluster.orderedInstances
        for instance in instances.filter({ $0.hostname == nil }) + instances.filter({ $0.hostname != nil }) {
            for network in Set(instance.nics.map(\.network)).sorted() {
                let place = Place(network: network, name: instance.guestName)
                guard let other = first[place] else {
                    first[place] = instance
                    continue
                }
                guard let position = instance.positions["hostname"] else { continue }
                let isShared = other.positions["hostname"] == position
                found.append(
                    Diagnostic(
                        at: position,
                        "the host name \(place.name) is used twice in the network \"\(network)\", to the instances "
                            + "\"\(other.name)\" and \"\(instance.name)\"",
                        remedy: isShared ? "set it below members:, one for each of them" : nil,
                        related: isShared
                            ? nil : .init("the other", at: other.positions["hostname"] ?? other.position)))
            }
        }
        return found
    }

    /// A name in a network.
    private struct Place: Hashable {
        let network: Name
        let name: HostName
    }

    /// user-data would win over the field without a word.
    fileprivate static let hostnameIsNotContradicted = Rule { cluster in
        cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            guard let name = instance.hostname, let position = instance.positions["hostname"] else { return [] }
            return ["hostname", "fqdn"].compactMap { key in
                guard let said = instance.cloudInit?.mapping?[key], !said.isNull, !name.agrees(with: said, at: key)
                else { return nil }
                return Diagnostic(
                    at: said.mark, "cloudInit.\(key) contradicts hostname: \(name)", remedy: "remove one of them",
                    related: .init("hostname", at: position))
            }
        }
    }
}

extension HostName {
    /// Whether a key of user-data says nothing else; a name without a domain may get one there.
    fileprivate func agrees(with node: YAML.Node, at key: String) -> Bool {
        guard let said = (node.scalar?.text).flatMap({ HostName($0) }) else { return false }
        if said == self { return true }
        return key == "hostname" ? said.text == label : qualified == nil && said.label == label
    }
}

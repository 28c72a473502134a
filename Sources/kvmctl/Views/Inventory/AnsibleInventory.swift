import Engine
import Formats
import Reconciler
import Spec

/// The instances that nodes hold, as Ansible's inventory scripts print them.
struct AnsibleInventory: Sendable {
    private let cluster: Cluster
    private let fleet: ObservedFleet
    private let surroundings: Surroundings
    private let places: [Name: (node: ObservedNode, domain: ObservedDomain)]

    init(_ cluster: Cluster, _ fleet: ObservedFleet, in surroundings: Surroundings) {
        self.cluster = cluster
        self.fleet = fleet
        self.surroundings = surroundings
        let healths = FleetHealth(cluster, fleet)
        var places: [Name: (node: ObservedNode, domain: ObservedDomain)] = [:]
        for name in cluster.instances.keys { places[name] = healths.place(of: name) }
        self.places = places
    }

    /// All groups, and the variables of all hosts, so that Ansible need not ask for each.
    var document: StructuredValue {
        let groups = groups
        let hosts = places.keys.sorted()
        let grouped = groups.values.reduce(into: Set<Name>()) { $0.formUnion($1) }
        let variables: [(String, StructuredValue?)] = hosts.map { ($0.text, self.variables(of: $0.text)) }
        let lonely = hosts.filter { !grouped.contains($0) }
        var entries: [(String, StructuredValue?)] = [
            ("_meta", ["hostvars": .known(variables)]),
            ("all", ["children": .texts(["ungrouped"] + groups.keys.sorted())]),
            ("ungrouped", ["hosts": .texts(lonely.map(\.text))]),
        ]
        for (group, members) in groups.sorted(by: { $0.key < $1.key }) {
            entries.append((group, ["hosts": .texts(members.sorted().map(\.text))]))
        }
        return .known(entries)
    }

    /// The hosts by their groups.
    private var groups: [String: Set<Name>] {
        var groups: [String: Set<Name>] = [:]
        for name in places.keys {
            guard let instance = cluster.instances[name] else { continue }
            var names = instance.labels.map { "label_\($0.key)_\($0.value)" }
            names += instance.roles.values.map { "role_\($0.word)" }
            if let group = instance.group { names.append(Self.isReserved(group.text) ? "group_\(group)" : group.text) }
            for group in names { groups[Self.identifier(group), default: []].insert(name) }
        }
        return groups
    }

    private static func isReserved(_ group: String) -> Bool { ["all", "ungrouped", "_meta"].contains(group) }

    /// A name that Ansible takes for a group: letters, digits and underscores, without a digit in front.
    static func identifier(_ text: String) -> String {
        let plain = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return plain.first?.isNumber == false ? plain : "_\(plain)"
    }

    /// What Ansible gets to know of a host; nil for one that no node has.
    func variables(of host: String) -> StructuredValue? {
        guard let name = Name(host), let (node, domain) = places[name], let instance = cluster.instances[name] else {
            return nil
        }
        let addresses: [(String, StructuredValue?)] = (domain.mark?.nics ?? [:]).compactMapValues(\.address)
            .sorted { $0.key < $1.key }.map { ($0.key.text, .text($0.value.description)) }
        let roles: [(String, StructuredValue?)] = instance.roles.sorted { $0.key < $1.key }
            .map { ($0.key.text, .text($0.value.word.text)) }
        return .known(
            connection(to: host) + [
                ("kvmctl_cluster", .text(cluster.name.text)), ("kvmctl_instance", .text(host)),
                ("kvmctl_group", instance.group.map { .text($0.text) }), ("kvmctl_node", .text(node.name.text)),
                ("kvmctl_power", .text(domain.power.words)), ("kvmctl_labels", .labels(instance.labels)),
                ("kvmctl_roles", .known(roles)), ("kvmctl_addresses", .known(addresses)),
            ])
    }

    /// How ssh reaches it; nothing where no address is known.
    private func connection(to host: String) -> [(String, StructuredValue?)] {
        guard let target = try? LoginTarget.find(host, in: cluster, fleet), let address = target.address else {
            return []
        }
        var login = GuestLogin(to: target, at: address, of: cluster, in: surroundings)
        // A playbook may be run from another folder than the inventory was.
        login.identities = login.identities.map(FileAccess.absolute)
        let others = login.identities.dropFirst().flatMap { ["-i", $0] }
        return [
            ("ansible_host", .text(address.description)), ("ansible_user", login.user.map { .text($0) }),
            ("ansible_ssh_private_key_file", login.identities.first.map { .text($0) }),
            // Ansible takes it apart as a shell does.
            ("ansible_ssh_common_args", .text(ShellQuoting.command(login.options + others))),
        ]
    }
}

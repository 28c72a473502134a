import Formats
import Reconciler
import Spec

/// The YAML that stands for a domain that is there already.
struct ImportDocument {
    let cluster: Cluster
    let part: Name
    let instance: Name
    let node: ObservedNode
    let domain: ObservedDomain
    /// What the spec cannot say of the domain, for people.
    private(set) var omissions: [String] = []
    private var nics: [StructuredValue.Entry] = []
    private var networks: [StructuredValue.Entry] = []
    private(set) var identities: [Name: DomainMark.NIC] = [:]

    init(_ domain: ObservedDomain, on node: ObservedNode, as instance: Name, in part: Name, of cluster: Cluster) {
        self.cluster = cluster
        self.part = part
        self.instance = instance
        self.node = node
        self.domain = domain
        for (number, nic) in domain.nics.enumerated() { add(nic, number) }
    }

    /// The whole file.
    var text: String {
        let lines = [
            "# \(domain.name) on \(node.name), as `kvmctl import` found it.",
            "# What is not here stays as the domain has it: kvmctl changes only what the spec says.",
        ]
        return lines.map { $0 + "\n" }.joined() + value.yaml
    }

    private var value: StructuredValue {
        .known([
            ("apiVersion", "kvmctl/v1"), ("cluster", .text(cluster.name.text)), ("id", cluster.id.map { .text($0) }),
            ("part", .text(part.text)), ("networks", networks.isEmpty ? nil : .object(networks)),
            ("instances", .object([.init(instance.text, fields)])),
        ])
    }

    private var fields: StructuredValue {
        .known([
            ("adopted", true), ("vcpus", .count(domain.vcpus)),
            ("memory", .text((domain.balloon ?? domain.memory).description)),
            ("nics", nics.isEmpty ? nil : .object(nics)), ("disks", disks.isEmpty ? nil : .object(disks)),
            ("power", .text(isRunning ? "on" : "off")), ("autostart", .boolean(domain.autostart)),
        ])
    }

    private var isRunning: Bool { domain.power == .running || domain.power == .paused }

    private var disks: [StructuredValue.Entry] {
        domain.disks.compactMap { disk in
            guard let target = disk.target, !disk.isReadOnly else { return nil }
            let size = node.volumes[disk.path]?.capacity
            return .init(
                target, .known([("path", .text(disk.path)), ("size", size.map { .text($0.description) })]))
        }
    }

    private mutating func add(_ nic: ObservedDomain.NIC, _ number: Int) {
        guard let name = Name("eth\(number)"), let network = network(of: nic.attachment) else {
            omissions.append(
                "the NIC \(nic.mac) (\(nic.attachment.text)) cannot be said in the spec, and stays as it is")
            return
        }
        let address = address(of: nic, in: network)
        nics.append(
            .init(
                name.text,
                .known([
                    ("network", .text(network.text)), ("address", address.map { .text($0.description) }),
                    ("mac", .text(nic.mac.description)),
                ])))
        identities[name] = DomainMark.NIC(mac: nic.mac, address: address)
    }

    /// Its address where kvmctl gives addresses in a bridge's network and would give this one to somebody else.
    private func address(of nic: ObservedDomain.NIC, in network: Name) -> IPv4Address? {
        guard domain.nics.count == 1, let network = cluster.networks[network], case .bridge = network.mode,
            let range = network.addresses
        else { return nil }
        return domain.seenAddresses.first { range.from <= $0 && $0 <= range.to }
    }

    /// The spec's network for what a NIC is plugged into; one is added where there is none.
    private mutating func network(of attachment: NICAttachment) -> Name? {
        let identity = ClusterIdentity(cluster)
        for network in cluster.networks.values.sorted(by: { $0.name < $1.name }) {
            switch (network.mode, attachment) {
            case (.bridge(let bridge), .bridge(let other)) where bridge == other: return network.name
            case (.existing(let name), .network(let other)) where name == other: return network.name
            case (.nat, .network(let name)), (.isolated, .network(let name)):
                let ours = node.networks.first { $0.mark?.cluster == identity && $0.mark?.network == network.name }
                if ours?.name == name { return network.name }
            default: break
            }
        }
        let (text, entries): (String, StructuredValue)
        switch attachment {
        case .network(let name): (text, entries) = (name, ["existing": .text(name)])
        case .bridge(let name): (text, entries) = (name, ["mode": "bridge", "bridge": .text(name)])
        case .other: return nil
        }
        guard let name = freeName(text, entries) else { return nil }
        if !networks.contains(where: { $0.key == name.text }) { networks.append(.init(name.text, entries)) }
        return name
    }

    private func freeName(_ text: String, _ entries: StructuredValue) -> Name? {
        guard let first = ImportDocument.name(from: text) else { return nil }
        let candidates = [first.text] + (2...99).map { "\(first.text)-\($0)" }
        for candidate in candidates.compactMap({ Name($0) }) where cluster.networks[candidate] == nil {
            guard let taken = networks.first(where: { $0.key == candidate.text }) else { return candidate }
            if taken.value == entries { return candidate }
        }
        return nil
    }

    /// A name for the spec from one of libvirt's, which may hold nearly anything; nil where nothing is left of it.
    static func name(from text: String) -> Name? {
        let letters = text.lowercased().unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "0"..."9": Character(scalar)
            default: "-"
            }
        }
        let trimmed = String(letters.drop { $0 == "-" }.prefix(60))
        return Name(String(trimmed.reversed().drop { $0 == "-" }.reversed()))
    }
}

package import Reconciler
package import Spec

/// What the spec says of a domain that is there already, once it is adopted.
package struct AdoptedDomain: Sendable {
    /// A NIC that the spec can say.
    package struct NIC: Sendable {
        package let name: Name
        package let network: Name
        package let mac: MACAddress
        /// Where kvmctl would give it to somebody else.
        package let address: IPv4Address?
    }

    package let cluster: Cluster
    package let part: Name
    package let instance: Name
    package let node: ObservedNode
    package let domain: ObservedDomain
    /// What the spec cannot say of the domain, for people.
    package private(set) var omissions: [String] = []
    package private(set) var nics: [NIC] = []
    /// The networks of the node that the spec does not have yet, in the order of the NICs.
    package private(set) var networks: [(name: Name, mode: Network.Mode)] = []

    init(_ domain: ObservedDomain, on node: ObservedNode, as instance: Name, in part: Name, of cluster: Cluster) {
        self.cluster = cluster
        self.part = part
        self.instance = instance
        self.node = node
        self.domain = domain
        for (number, nic) in domain.nics.enumerated() { add(nic, number) }
    }

    /// Its NICs as the mark has them.
    var identities: [Name: DomainMark.NIC] {
        Dictionary(nics.map { ($0.name, DomainMark.NIC(mac: $0.mac, address: $0.address)) }) { first, _ in first }
    }

    private mutating func add(_ nic: ObservedDomain.NIC, _ number: Int) {
        guard let name = Name("eth\(number)"), let network = network(of: nic.attachment) else {
            omissions.append(
                "the NIC \(nic.mac) (\(nic.attachment.text)) cannot be expressed in the spec, and stays as it is")
            return
        }
        nics.append(NIC(name: name, network: network, mac: nic.mac, address: address(of: nic, in: network)))
    }

    /// Its address where kvmctl gives addresses in a bridge's network and would give this one to somebody else.
    private func address(of nic: ObservedDomain.NIC, in network: Name) -> IPv4Address? {
        guard domain.nics.count == 1, let network = cluster.networks[network], case .bridge = network.mode.link,
            let range = network.addresses
        else { return nil }
        return domain.seenAddresses.first { range.from <= $0 && $0 <= range.to }
    }

    /// The spec's network for what a NIC is plugged into; one is added where there is none.
    private mutating func network(of attachment: NICAttachment) -> Name? {
        let identity = ClusterIdentity(cluster)
        for network in cluster.networks.values.sorted(by: { $0.name < $1.name }) {
            switch (network.mode.link, attachment) {
            case (.bridge(let port), .bridge(let other)) where port == other: return network.name
            case (.existing(let name), .network(let other)) where name == other: return network.name
            case (.made, .network(let name)):
                let ours = node.networks.first { $0.mark?.cluster == identity && $0.mark?.network == network.name }
                if ours?.name == name { return network.name }
            default: break
            }
        }
        let (text, link): (String, NetworkLink)
        switch attachment {
        case .network(let name): (text, link) = (name, .existing(name))
        case .bridge(let port):
            (text, link) = (port.bridge + (port.vlan.map { "-vlan\($0)" } ?? ""), .bridge(port))
        case .other: return nil
        }
        guard let added = NetworkModes.mode(of: link), let name = freeName(text, added) else { return nil }
        if !networks.contains(where: { $0.name == name }) { networks.append((name, added)) }
        return name
    }

    private func freeName(_ text: String, _ added: Network.Mode) -> Name? {
        guard let first = AdoptedDomain.name(from: text) else { return nil }
        let candidates = [first.text] + (2...99).map { "\(first.text)-\($0)" }
        for candidate in candidates.compactMap({ Name($0) }) where cluster.networks[candidate] == nil {
            guard let taken = networks.first(where: { $0.name == candidate }) else { return candidate }
            if taken.mode == added { return candidate }
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

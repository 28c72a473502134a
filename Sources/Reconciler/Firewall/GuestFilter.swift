package import Spec

/// A guest's firewall with every name resolved: what its node lets through to it and from it.
package struct GuestFilter: Sendable, Hashable {
    /// One of its network interfaces.
    package struct NIC: Sendable, Hashable {
        package var name: Name
        package var mac: MACAddress
        /// What it may send from; nil where nobody knows its address, so that only its MAC is held against it.
        package var sources: [CIDR]?
        /// Whether it asks a DHCP server for its address.
        package var asksForAddress: Bool
        /// Nil for everything.
        package var ingress: [Rule]?
        package var egress: [Rule]?

        package init(
            name: Name, mac: MACAddress, sources: [CIDR]?, asksForAddress: Bool = false, ingress: [Rule]? = nil,
            egress: [Rule]? = nil
        ) {
            self.name = name
            self.mac = mac
            self.sources = sources
            self.asksForAddress = asksForAddress
            self.ingress = ingress
            self.egress = egress
        }
    }

    /// Traffic that is let through.
    package struct Rule: Sendable, Hashable {
        /// Nil for anybody; sorted, and none within another.
        package var peers: [CIDR]?
        package var transport: Firewall.Transport?
        /// Empty for all; sorted, and none touching another.
        package var ports: [Firewall.PortRange]

        package init(peers: [CIDR]?, transport: Firewall.Transport? = nil, ports: [Firewall.PortRange] = []) {
            self.peers = peers.map(CIDR.distinct)
            self.transport = transport
            self.ports = Firewall.PortRange.distinct(ports)
        }
    }

    package var uuid: UniqueID
    package var cluster: ClusterIdentity
    package var instance: Name
    /// Those of the spec by their names, then those that the guest has yet to let go of.
    package var nics: [NIC]

    package init(uuid: UniqueID, cluster: ClusterIdentity, instance: Name, nics: [NIC]) {
        self.uuid = uuid
        self.cluster = cluster
        self.instance = instance
        self.nics = nics
    }
}

extension GuestFilter {
    /// The filter in words, a line for whose it is, and then one for each thing that it says.
    ///
    /// Nodes keep them with the filter: two filters are the same where these are.
    package var lines: [String] {
        [Self.title(cluster, instance)] + nics.flatMap(\.lines)
    }

    /// The first line; its number changes when the same filter becomes other commands.
    static func title(_ cluster: ClusterIdentity, _ instance: Name) -> String {
        "filter 1 of \(instance) in \(cluster.text)"
    }
}

extension GuestFilter.NIC {
    fileprivate var lines: [String] {
        let own = sources.map { $0.map(\.shortText).joined(separator: " ") } ?? "any address"
        return ["\(name) is \(mac) \(own)" + (asksForAddress ? " by DHCP" : "")]
            + Self.lines(ingress, "\(name) in", "from") + Self.lines(egress, "\(name) out", "to")
    }

    private static func lines(_ rules: [GuestFilter.Rule]?, _ direction: String, _ way: String) -> [String] {
        guard let rules else { return ["\(direction) everything"] }
        if rules.isEmpty { return ["\(direction) nothing"] }
        return rules.map { rule in
            let what =
                (rule.transport?.rawValue ?? "everything")
                + (rule.ports.isEmpty ? "" : " \(rule.ports.map(\.description).joined(separator: ","))")
            let peers = rule.peers.map { $0.isEmpty ? "nobody" : $0.map(\.shortText).joined(separator: " ") }
            return "\(direction) \(what) \(way) \(peers ?? "anybody")"
        }
    }
}

extension CIDR {
    /// A single address without its prefix.
    package var shortText: String { prefix == 32 ? "\(network)" : "\(self)" }

    /// The same addresses in order, each once.
    static func distinct(_ blocks: [CIDR]) -> [CIDR] {
        var found: [CIDR] = []
        for block in blocks.sorted(by: { ($0.network, $0.prefix) < ($1.network, $1.prefix) })
        where !(found.last?.contains(block.network) ?? false) {
            found.append(block)
        }
        return found
    }
}

extension Firewall.PortRange {
    /// The same ports in order, each once.
    static func distinct(_ ranges: [Firewall.PortRange]) -> [Firewall.PortRange] {
        var found: [Firewall.PortRange] = []
        for range in ranges.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            if let last = found.last, range.from <= last.to + 1 {
                found[found.count - 1] = Firewall.PortRange(from: last.from, to: max(last.to, range.to))
            } else {
                found.append(range)
            }
        }
        return found
    }
}

extension MACAddress {
    /// What a filtered guest's interface is called on its node, which libvirt would choose anew at every start.
    ///
    /// Linux allows 15 characters; libvirt keeps names that do not begin with `vnet`.
    package var tapName: String { "kt" + description.filter { $0 != ":" } }
}

/// What may reach an instance, and what it may reach: its node sees to it, outside the guest.
///
/// An instance that has one sends nothing under another MAC or address than its own.
package struct Firewall: Sendable, Hashable {
    /// What may come in, and nothing else; nil for everything.
    package var ingress: [Rule]?
    /// What may go out, and nothing else; nil for everything.
    package var egress: [Rule]?
    /// Addresses beside its own that it may send from: of what it routes, or what moves between instances.
    package var addresses: [CIDR] = []

    package init(ingress: [Rule]? = nil, egress: [Rule]? = nil, addresses: [CIDR] = []) {
        self.ingress = ingress
        self.egress = egress
        self.addresses = addresses
    }

    /// Traffic that is let through.
    package struct Rule: Sendable, Hashable {
        package var peer: Peer
        /// Nil for all of them.
        package var transport: Transport?
        /// Sorted as they are written; empty for all ports.
        package var ports: [PortRange]

        package init(_ peer: Peer, _ transport: Transport? = nil, ports: [PortRange] = []) {
            self.peer = peer
            self.transport = transport
            self.ports = ports
        }
    }

    /// The other side of a connection.
    package enum Peer: Sendable, Hashable {
        case any
        case block(CIDR)
        case network(Name)
        /// The members of a group, or an instance alone.
        case members(of: Name)
    }

    package enum Transport: String, Sendable, Hashable, CaseIterable {
        case tcp, udp, icmp

        /// Whether it has ports.
        package var hasPorts: Bool { self != .icmp }
    }

    /// Ports from the first to the last, both included.
    package struct PortRange: Sendable, Hashable {
        package let from: Int
        package let to: Int

        package init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }

        package func contains(_ other: PortRange) -> Bool { from <= other.from && other.to <= to }
    }
}

extension Firewall.PortRange: CustomStringConvertible {
    package var description: String { from == to ? "\(from)" : "\(from)-\(to)" }
}

extension Firewall.Rule {
    /// Whether everything is let through by it that another one lets through.
    func includes(_ other: Firewall.Rule) -> Bool {
        guard peer.includes(other.peer), transport == nil || transport == other.transport else { return false }
        return ports.isEmpty
            || !other.ports.isEmpty && other.ports.allSatisfy { wanted in ports.contains { $0.contains(wanted) } }
    }
}

extension Firewall.Peer {
    fileprivate func includes(_ other: Firewall.Peer) -> Bool {
        if self == .any || self == other { return true }
        if case .block(let own) = self, case .block(let block) = other {
            return own.prefix <= block.prefix && own.contains(block.network)
        }
        return false
    }
}

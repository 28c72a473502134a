import Spec

/// Who has a MAC or an address.
enum IdentityHolder: Hashable {
    /// With the node that the roster gives it to, where no domain of it was seen.
    case instance(Name, on: Name? = nil)
    case domain(String, on: Name)
    /// A DHCP reservation of a network.
    case reservation(network: String, on: Name)

    var isReservation: Bool {
        if case .reservation = self { true } else { false }
    }
}

extension IdentityHolder: CustomStringConvertible {
    var description: String {
        switch self {
        case .instance(let name, let node): node.map { "instance \(name) on \($0)" } ?? "instance \(name)"
        case .domain(let name, let node): "domain \(name) on \(node)"
        case .reservation(let network, let node): "a reservation in \(network) on \(node)"
        }
    }
}

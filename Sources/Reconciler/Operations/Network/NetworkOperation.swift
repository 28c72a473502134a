package import Spec

/// What is done to a network.
package enum NetworkOperation: Sendable, Equatable {
    /// Defines, starts and autostarts.
    case define(NetworkDefinition)
    case start(uuid: UniqueID, name: String)
    case setAutostart(uuid: UniqueID, name: String, autostart: Bool)
    /// Adds and removes DHCP reservations, live and for the next start; a MAC whose address differs is replaced.
    case updateReservations(uuid: UniqueID, name: String, add: [Reservation], remove: [Reservation])
    /// Defines a network again with what differs, keeping its reservations and what kvmctl does not set, and has what
    /// runs follow: live where libvirt can, else by a restart after which running guests are plugged in again.
    case change(NetworkDefinition, restart: Bool)
    /// Has its node carry a network to other nodes so, now and after each start of the node.
    case carry(uuid: UniqueID, name: String, overlay: Overlay)
    /// Plugs the running guests of a network into its bridge where they are not.
    case plugGuests(uuid: UniqueID, name: String)
    case delete(uuid: UniqueID, name: String)
}

extension NetworkOperation: StepOperation {
    package var words: OperationWords {
        switch self {
        case .define(let network):
            OperationWords(
                "defineNetwork", "define network \(network.name)", purpose: "defining the network \(network.name)")
        case .start(_, let name):
            OperationWords("startNetwork", "start network \(name)", purpose: "starting the network \(name)")
        case .setAutostart(_, let name, let autostart):
            OperationWords(
                "setNetworkAutostart", "turn autostart of network \(name) \(autostart ? "on" : "off")",
                purpose: "setting the autostart of the network \(name)")
        case .updateReservations(_, let name, let add, let remove):
            OperationWords(
                "updateReservations", "update reservations of \(name): \(add.count) added, \(remove.count) removed",
                purpose: "updating the reservations of the network \(name)")
        case .change(let network, let restart):
            OperationWords(
                "changeNetwork", "\(restart ? "change and restart" : "change") network \(network.name)",
                purpose: "changing the network \(network.name)")
        case .carry(_, let name, let overlay):
            OperationWords(
                "carryNetwork", "connect network \(name) to \(overlay.peers.count) other nodes",
                purpose: "connecting the network \(name) to other nodes")
        case .plugGuests(_, let name):
            OperationWords(
                "plugGuests", "attach guests to network \(name)", purpose: "attaching guests to the network \(name)")
        case .delete(_, let name):
            OperationWords("deleteNetwork", "delete network \(name)", purpose: "deleting the network \(name)")
        }
    }

    package var network: UniqueID? {
        switch self {
        case .define(let definition), .change(let definition, _): definition.mark.uuid
        case .start(let uuid, _), .setAutostart(let uuid, _, _), .updateReservations(let uuid, _, _, _),
            .carry(let uuid, _, _), .plugGuests(let uuid, _), .delete(let uuid, _):
            uuid
        }
    }

    package var domain: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool { false }
}

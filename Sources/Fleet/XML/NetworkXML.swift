import FoundationXML
package import Reconciler
import Spec

/// The XML of a network, from its definition.
package enum NetworkXML {
    /// The text that libvirt is given to define the network.
    package static func text(_ definition: NetworkDefinition) -> String {
        let network = XMLElement(
            "network", [:],
            [
                XMLElement("name", text: definition.name),
                XMLElement("uuid", text: definition.mark.uuid.text),
                XMLElement("metadata", [:], [definition.mark.xml]),
            ])
        if definition.isNAT { network.addChild(XMLElement("forward", ["mode": "nat"])) }
        network.addChild(XMLElement("bridge", ["name": definition.bridge, "stp": "on", "delay": "0"]))
        network.addChild(XMLElement("mac", ["address": "\(definition.bridgeMAC)"]))
        if let address = address(definition) { network.addChild(address) }
        return network.indentedText
    }

    /// The element that libvirt is given to add or remove a reservation in a network that may be running.
    package static func text(_ reservation: Reservation) -> String {
        element(reservation).compactText
    }

    /// The node's own address in the network, and what its DHCP server gives.
    private static func address(_ definition: NetworkDefinition) -> XMLElement? {
        guard let cidr = definition.cidr, let own = definition.gateway else { return nil }
        let address = XMLElement("ip", ["address": "\(own)", "prefix": "\(cidr.prefix)"])
        guard definition.hasDHCP else { return address }
        let dhcp = XMLElement("dhcp")
        if let range = definition.dhcpRange {
            dhcp.addChild(XMLElement("range", ["start": "\(range.from)", "end": "\(range.to)"]))
        }
        for reservation in definition.reservations { dhcp.addChild(element(reservation)) }
        address.addChild(dhcp)
        return address
    }

    private static func element(_ reservation: Reservation) -> XMLElement {
        XMLElement(
            "host",
            [
                "mac": "\(reservation.mac)", "name": reservation.name.isEmpty ? nil : reservation.name,
                "ip": "\(reservation.address)",
            ])
    }
}

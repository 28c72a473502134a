import FoundationXML
package import Reconciler
package import Spec

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
        if let forward = forward(definition) { network.addChild(forward) }
        if let mtu = definition.mtu { network.addChild(XMLElement("mtu", ["size": "\(mtu)"])) }
        network.addChild(bridge(definition))
        network.addChild(XMLElement("mac", ["address": "\(definition.bridgeMAC)"]))
        if let address = address(definition) { network.addChild(address) }
        if let address = address6(definition) { network.addChild(address) }
        return network.indentedText
    }

    /// The element that libvirt is given to add or remove a reservation in a network that may be running.
    package static func text(_ reservation: Reservation) -> String {
        element(reservation).compactText
    }

    /// The element that libvirt is given to add or remove a range in a network that is running.
    package static func text(_ range: AddressRange) -> String {
        element(range).compactText
    }

    /// A network's own definition with what differs from ours brought in line.
    ///
    /// What kvmctl does not set, such as DNS entries that somebody added, stays, and so do reservations that still fit.
    /// - Parameter xml: the inactive XML.
    package static func text(
        changing xml: String, to definition: NetworkDefinition
    ) throws(XMLReadingError) -> String {
        try XMLElement.withRoot("network", of: xml, describing: "the network \(definition.name)") { root in
            replaceMark(in: root, by: definition.mark)
            // What somebody added to it stays where the mode is the same.
            if root.networkMode != definition.mode.text {
                root.child("forward")?.detach()
                if let forward = forward(definition) { root.addChild(forward) }
            } else if !definition.leavesIPv6 {
                hideIPv6(of: root, by: definition)
            }
            root.ensureChild("bridge").set("name", to: definition.bridge)
            root.ensureChild("bridge").set("stp", to: tree(definition))
            if let mtu = definition.mtu {
                root.ensureChild("mtu").set("size", to: "\(mtu)")
            } else {
                root.child("mtu")?.detach()
            }
            root.ensureChild("mac").set("address", to: "\(definition.bridgeMAC)")
            replaceAddress(in: root, by: definition)
            if !definition.leavesIPv6 {
                for element in root.ip6Elements { element.detach() }
            }
            if let address = address6(definition) { root.addChild(address) }
            return root.indentedText
        }
    }

    /// A network's own definition with another mark, and nothing else changed.
    ///
    /// - Parameter xml: the inactive XML.
    package static func text(
        marking xml: String, of name: String, by mark: NetworkMark
    ) throws(XMLReadingError) -> String {
        try XMLElement.withRoot("network", of: xml, describing: "the network \(name)") { root in
            replaceMark(in: root, by: mark)
            return root.indentedText
        }
    }

    /// The switch of its guests.
    ///
    /// One that nodes carry between them has no spanning tree: it would see the others' and block ports, and no frame goes in a
    /// circle, as what comes from one node is sent to no other.
    private static func bridge(_ definition: NetworkDefinition) -> XMLElement {
        XMLElement("bridge", ["name": definition.bridge, "stp": tree(definition), "delay": "0"])
    }

    private static func tree(_ definition: NetworkDefinition) -> String {
        definition.mark.overlay == nil ? "on" : "off"
    }

    /// How the network leads out of its node.
    private static func forward(_ definition: NetworkDefinition) -> XMLElement? {
        guard case .made(let forward?, vni: _) = definition.mode.link else { return nil }
        let element = XMLElement("forward", ["dev": forward.device, "mode": forward.mode])
        if definition.hidesIPv6 { element.addChild(XMLElement("nat", ["ipv6": "yes"])) }
        return element
    }

    /// Has a network that stays in its mode hide its guests by IPv6 or not; libvirt does so for IPv4 alone unless it is told.
    private static func hideIPv6(of root: XMLElement, by definition: NetworkDefinition) {
        guard let forward = root.child("forward") else { return }
        if definition.hidesIPv6 {
            forward.ensureChild("nat").set("ipv6", to: "yes")
        } else if let nat = forward.child("nat"), nat["ipv6"] == "yes" {
            nat.set("ipv6", to: "no")
        }
    }

    /// The node's own IPv6 address in the network.
    private static func address6(_ definition: NetworkDefinition) -> XMLElement? {
        guard definition.cidr6 != nil, let own = definition.gateway6 else { return nil }
        return XMLElement("ip", ["family": "ipv6", "address": "\(own)", "prefix": "\(CIDR6.prefix)"])
    }

    private static func replaceMark(in root: XMLElement, by mark: NetworkMark) {
        let metadata = root.ensureChild("metadata")
        for child in metadata.childElements where child.uri == MarkFormat.namespace { child.detach() }
        metadata.addChild(mark.xml)
    }

    private static func replaceAddress(in root: XMLElement, by definition: NetworkDefinition) {
        let old = root.ipElements
        guard let new = address(definition), let cidr = definition.cidr else {
            for element in old { element.detach() }
            return
        }
        let hosts = old.compactMap { $0.child("dhcp") }.flatMap { $0.childElements.filter { $0.name == "host" } }
        let others = old.first?.childElements.filter { $0.name != "dhcp" } ?? []
        new.child("dhcp")?.childElements.filter { $0.name == "host" }.forEach { $0.detach() }
        for element in hosts + others { element.detach() }
        for element in others { new.addChild(element) }
        for host in hosts where definition.hasDHCP {
            if let address = host["ip"].flatMap({ IPv4Address($0) }), !cidr.contains(address) { continue }
            new.child("dhcp")?.addChild(host)
        }
        if let dhcp = new.child("dhcp"), dhcp.childElements.isEmpty { dhcp.detach() }
        old.first?.detach()
        root.addChild(new)
    }

    private static func element(_ range: AddressRange) -> XMLElement {
        XMLElement("range", ["start": "\(range.from)", "end": "\(range.to)"])
    }

    /// The node's own address in the network, and what its DHCP server gives.
    private static func address(_ definition: NetworkDefinition) -> XMLElement? {
        guard let cidr = definition.cidr, let own = definition.gateway else { return nil }
        let address = XMLElement("ip", ["address": "\(own)", "prefix": "\(cidr.prefix)"])
        guard definition.hasDHCP else { return address }
        let dhcp = XMLElement("dhcp")
        if let range = definition.dhcpRange {
            dhcp.addChild(element(range))
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

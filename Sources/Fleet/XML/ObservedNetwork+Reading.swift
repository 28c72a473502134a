import FoundationXML
package import Libvirt
package import Reconciler
import Spec

extension ObservedNetwork {
    /// What one look at a network found, ours or anybody's.
    ///
    /// - Throws: where libvirt's own part of the XML cannot be read.
    package init(_ snapshot: NetworkSnapshot) throws(XMLReadingError) {
        try self.init(
            uuid: UniqueID(snapshot.uuid), name: snapshot.name, isActive: snapshot.isActive,
            autostart: snapshot.autostart, inactiveXML: snapshot.inactiveXML, liveXML: snapshot.liveXML)
        isPersistent = snapshot.persistent
    }

    /// What a network's XML and state say, ours or anybody's.
    ///
    /// The fingerprint leaves out the reservations: they change with every instance, and are compared one by one.
    /// - Parameter liveXML: nil where it does not run.
    /// - Throws: where libvirt's own part of the XML cannot be read.
    package init(
        uuid: UniqueID, name: String, isActive: Bool, autostart: Bool, inactiveXML: String, liveXML: String? = nil
    ) throws(XMLReadingError) {
        let what = "the network \(name)"
        self = try XMLElement.withRoot("network", of: inactiveXML, describing: what) { root in
            let reading = NetworkMark.read(from: root.child("metadata"), of: uuid)
            let reservations = root.reservations
            let cidr = root.cidr
            let bridge = root.child("bridge")?["name"]
            let shape = root.shape
            root.removeReservations()
            root.removeOverlay()
            var network = ObservedNetwork(
                uuid: uuid, name: name, isActive: isActive, autostart: autostart, mark: nil, cidr: cidr,
                bridge: bridge, reservations: reservations,
                fingerprint: Fingerprint.of(root.xmlString, "active \(isActive)", "autostart \(autostart)"),
                definition: shape)
            switch reading {
            case .absent: break
            case .readable(let mark): network.mark = mark
            case .problem(let reason): network.markProblem = reason
            }
            return network
        }
        guard let liveXML else { return }
        (reservations, live) = try XMLElement.withRoot("network", of: liveXML, describing: what) { root in
            (root.reservations, root.shape)
        }
    }
}

extension XMLElement {
    /// The addresses of a network that are not IPv6.
    var ipElements: [XMLElement] { childElements.filter { $0.name == "ip" && $0["family"] != "ipv6" } }
    /// Those that are IPv6.
    var ip6Elements: [XMLElement] { childElements.filter { $0.name == "ip" && $0["family"] == "ipv6" } }

    /// A network's mode in the words of the spec.
    var networkMode: String {
        NetworkModes.text(
            of: child("forward").map { NetworkForward(mode: $0["mode"] ?? "nat", device: $0["dev"]) },
            vni: overlayElements.first { $0.localName == "overlay" }?["vni"].flatMap { Int($0) })
    }

    /// What of a network's XML kvmctl sets.
    fileprivate var shape: NetworkShape {
        var shape = NetworkShape(
            mode: networkMode, bridge: child("bridge")?["name"],
            bridgeMAC: child("mac")?["address"].flatMap { MACAddress($0) }, cidr: cidr,
            gateway: ipElements.first?["address"].flatMap { IPv4Address($0) },
            ranges: ipElements.compactMap { $0.child("dhcp") }.flatMap { dhcp in
                dhcp.childElements.filter { $0.name == "range" }.compactMap { range in
                    guard let from = range["start"].flatMap({ IPv4Address($0) }) else { return nil }
                    return range["end"].flatMap { IPv4Address($0) }.map { AddressRange(from: from, to: $0) }
                }
            }, mtu: child("mtu")?["size"].flatMap { Int($0) })
        shape.gateway6 = ip6Elements.first?["address"].flatMap { IPv6Address($0) }
        shape.cidr6 = ip6Elements.first?["prefix"] == "64" ? shape.gateway6.map { CIDR6(containing: $0) } : nil
        shape.hidesIPv6 = child("forward")?.child("nat")?["ipv6"] == "yes"
        return shape
    }

    /// What the mark of a network says of other nodes.
    private var overlayElements: [XMLElement] {
        guard case .element(let mark) = MarkFormat.find(in: child("metadata")) else { return [] }
        return mark.childElements.filter {
            ["overlay", "peer"].contains($0.localName) && $0.uri == MarkFormat.namespace
        }
    }

    /// Nodes come and go while the rest of a network stays as it is; they are compared one by one.
    fileprivate func removeOverlay() {
        for element in overlayElements { element.detach() }
    }

    /// The block of the first IPv4 address.
    fileprivate var cidr: CIDR? {
        for element in ipElements {
            guard let address = element["address"].flatMap({ IPv4Address($0) }) else { continue }
            if let prefix = element["prefix"].flatMap({ Int($0) }) {
                return CIDR(containing: address, prefix: prefix)
            }
            if let mask = element["netmask"].flatMap({ IPv4Address($0) }) {
                return CIDR(containing: address, prefix: mask.value.nonzeroBitCount)
            }
            return CIDR(containing: address, prefix: classPrefix(of: address))
        }
        return nil
    }

    /// What libvirt means by an address with neither prefix nor netmask: its class.
    private func classPrefix(of address: IPv4Address) -> Int {
        switch address.value >> 24 {
        case 0..<128: 8
        case 128..<192: 16
        default: 24
        }
    }

    private var hostElements: [XMLElement] {
        ipElements.compactMap { $0.child("dhcp") }.flatMap { $0.childElements.filter { $0.name == "host" } }
    }

    /// The reservations that have a MAC and an IPv4 address.
    fileprivate var reservations: [Reservation] {
        hostElements.compactMap { host in
            guard let mac = host["mac"].flatMap({ MACAddress($0) }) else { return nil }
            guard let address = host["ip"].flatMap({ IPv4Address($0) }) else { return nil }
            return Reservation(mac: mac, address: address, name: host["name"] ?? "")
        }
    }

    fileprivate func removeReservations() {
        for host in hostElements { host.detach() }
        // The server's element comes and goes with the first and the last of its reservations.
        for dhcp in ipElements.compactMap({ $0.child("dhcp") }) where dhcp.childElements.isEmpty { dhcp.detach() }
    }
}

import FoundationXML
import Reconciler
import Spec

extension ObservedDomain.NIC {
    /// Nil for an interface without a MAC, which is a host device handed through.
    init?(reading element: XMLElement) {
        guard let mac = element.child("mac")?["address"].flatMap({ MACAddress($0) }) else { return nil }
        self.init(
            name: DeviceAlias.nicName(element.child("alias")?["name"]), mac: mac,
            attachment: NICAttachment(reading: element), mtu: element.child("mtu")?["size"].flatMap { Int($0) },
            tap: element.child("target")?["dev"])
        bandwidth = Bandwidth(reading: element.child("bandwidth"))
        isCut = element.child("link")?["state"] == "down"
        let driver = element.child("driver")
        sendsPlainFrames = driver?.child("host")?["csum"] == "off" && driver?.child("guest")?["csum"] == "off"
    }
}

extension Bandwidth {
    /// Nil where nothing is limited.
    fileprivate init?(reading element: XMLElement?) {
        func rate(_ name: String) -> Rate? {
            element?.child(name)?["average"].flatMap { UInt64($0) }.map { Rate(kilobytes: $0) }
        }
        self.init(incoming: rate("inbound"), outgoing: rate("outbound"))
        if incoming == nil, outgoing == nil { return nil }
    }
}

extension NICAttachment {
    init(reading element: XMLElement) {
        let source = element.child("source")
        switch (element["type"], source?["network"], source?["bridge"]) {
        case ("network", let network?, _): self = .network(network)
        case ("bridge", _, let bridge?): self.init(bridge: bridge, reading: element)
        case (let type, _, _): self = .other(type ?? "")
        }
    }

    private init(bridge: String, reading element: XMLElement) {
        let kind = element.child("virtualport")?["type"]
        let tags = element.child("vlan")?.childElements.filter { $0.name == "tag" } ?? []
        let isKnown = kind == nil || kind == "openvswitch"
        guard isKnown, tags.count < 2, element.child("vlan")?["trunk"] != "yes", kind == nil || !tags.isEmpty else {
            self = .other("bridge \(bridge), \(isKnown ? "several VLANs" : kind ?? "")")
            return
        }
        let tag = tags.first?["id"].flatMap { Int($0) }
        self = .bridge(BridgePort(bridge, vlan: tag == 0 ? nil : tag, isOpenSwitch: kind != nil))
    }
}

extension ObservedDomain.Tap {
    /// Nil for an interface that has no device on the node.
    init?(reading element: XMLElement) {
        guard let device = element.child("target")?["dev"], !device.isEmpty else { return nil }
        self.init(device: device, attachment: NICAttachment(reading: element))
    }
}

extension ObservedDomain.Disk {
    /// Nil for what names no file of the node, such as an empty drive.
    init?(reading element: XMLElement) {
        let source = element.child("source")
        guard let path = source?["file"] ?? source?["dev"] else { return nil }
        self.init(
            name: DeviceAlias.diskName(element.child("alias")?["name"]), path: path,
            serial: element.child("serial")?.stringValue)
        given = DeviceAlias.givenName(element.child("alias")?["name"])
        target = element.child("target")?["dev"]
        format = element.child("driver")?["type"]
        isHotPluggable = !["sata", "ide", "fdc"].contains(element.child("target")?["bus"] ?? "")
        for option in DiskOption.allCases { options[option] = element.diskOption(option) }
        isReadOnly = element.child("readonly") != nil || ["cdrom", "floppy"].contains(element["device"])
    }
}

import FoundationXML
package import Reconciler
import Spec

extension DomainEdit {
    /// The definition with the edit made in it, and everything else as it was, foreign parts included.
    ///
    /// - Parameter xml: the inactive XML, with what libvirt calls secure.
    package func text(editing xml: String, of name: String) throws(XMLReadingError) -> String {
        try XMLElement.withRoot("domain", of: xml, describing: "the domain \(name)") { root throws(XMLReadingError) in
            let old = DomainEdit.mark(in: root, of: mark.uuid)
            for item in items { item.apply(to: root, of: old) }
            replaceMark(in: root)
            return root.xmlString
        }
    }

    private static func mark(in root: XMLElement, of uuid: UniqueID) -> DomainMark? {
        guard case .readable(let mark) = DomainMark.read(from: root.child("metadata"), of: uuid) else { return nil }
        return mark
    }

    private func replaceMark(in root: XMLElement) {
        let metadata = root.child("metadata") ?? XMLElement("metadata")
        if metadata.parent == nil { root.insertChild(metadata, at: 2) }
        if case .element(let old) = MarkFormat.find(in: metadata) { old.detach() }
        metadata.addChild(mark.xml)
    }
}

extension DomainEdit.Item {
    /// - Parameter mark: what it was before the edit: an adopted domain's devices have no names of ours.
    fileprivate func apply(to root: XMLElement, of mark: DomainMark?) {
        switch self {
        case .vcpus(let count): root.set(vcpus: count)
        case .memory(let size): root.set(memory: size)
        case .machine(let field, let value):
            MachineElement.all.first { $0.path == field }?.write(root, value)
        case .disk(let disk): root.put(disk, isAdopted: mark?.isAdopted ?? false)
        case .diskOptions(let disk): root.set(disk)
        case .removeDisk(let name): root.disk(named: name, of: mark)?.detach()
        case .nic(let nic): root.put(nic)
        case .removeNIC(let name): root.nic(named: name, of: mark)?.detach()
        case .ownTap(let mac):
            for nic in root.child("devices")?.childElements ?? []
            where nic.name == "interface" && nic.child("mac")?["address"].flatMap({ MACAddress($0) }) == mac {
                nic.nameTap()
            }
        case .seedDisk(let path, let revision): root.put(seed: path, revision: revision)
        case .seed(let revision):
            guard let seed = root.disk(named: DeviceAlias.seed) else { return }
            seed.child("serial")?.detach()
            seed.addChild(XMLElement("serial", text: revision))
        }
    }
}

extension XMLElement {
    private func devices(_ kind: String, _ alias: String) -> [XMLElement] {
        (child("devices")?.childElements ?? []).filter { $0.name == kind && $0.child("alias")?["name"] == alias }
    }

    /// The disk of that name by its alias, also one that is somebody's own: the spec gives a name to one of them.
    func disk(named name: String) -> XMLElement? {
        devices("disk", DeviceAlias.disk(name)).first ?? devices("disk", DeviceAlias.given(name)).first
    }

    /// The NIC of that name by its alias.
    func nic(named name: Name) -> XMLElement? { devices("interface", DeviceAlias.nic(name)).first }

    /// The NIC of a definition, by its alias; by its MAC where it never had one, as in a domain that was adopted.
    func nic(of definition: DomainDefinition.NIC) -> XMLElement? {
        nic(named: definition.name)
            ?? (child("devices")?.childElements ?? []).first { element in
                element.name == "interface"
                    && element.child("mac")?["address"]?.lowercased() == definition.mac.description
            }
    }

    /// The disk of that name by its alias; in an adopted domain, by its target.
    func disk(named name: String, of mark: DomainMark?) -> XMLElement? {
        if let disk = disk(named: name) { return disk }
        guard mark?.isAdopted == true else { return nil }
        return (child("devices")?.childElements ?? []).first {
            $0.name == "disk" && $0.child("target")?["dev"] == name
        }
    }

    /// The NIC of that name by its alias; where it never had one, by the MAC that the mark knows.
    func nic(named name: Name, of mark: DomainMark?) -> XMLElement? {
        if let nic = nic(named: name) { return nic }
        guard let mac = mark?.nics[name]?.mac else { return nil }
        return (child("devices")?.childElements ?? []).first {
            $0.name == "interface" && $0.child("mac")?["address"]?.lowercased() == mac.description
        }
    }

    /// The targets of the disks, such as `vda`.
    var diskTargets: Set<String> {
        Set(
            (child("devices")?.childElements ?? []).filter { $0.name == "disk" }.compactMap {
                $0.child("target")?["dev"]
            })
    }

    fileprivate func set(vcpus count: Int) {
        guard let element = child("vcpu") else { return }
        let old = element.stringValue.flatMap { Int($0) } ?? count
        // Room to grow is kept; where it is not enough, as much again as a new instance would get.
        let grown = architecture.growsWhileRunning ? Swift.max(count, 4, count * 2) : count
        let maximum = count <= old && architecture.growsWhileRunning ? old : grown
        child("vcpus")?.detach()
        element.setStringValue("\(maximum)", resolvingEntities: false)
        element.removeAttribute(forName: "current")
        if count < maximum { element.set("current", to: "\(count)") }
        let cells = descendant("cpu", "numa")?.childElements.filter { $0.name == "cell" } ?? []
        if maximum != old, cells.count == 1, let cell = cells.first {
            cell.removeAttribute(forName: "cpus")
            cell.set("cpus", to: maximum == 1 ? "0" : "0-\(maximum - 1)")
        }
    }

    fileprivate func set(memory size: Size) {
        let text = "\((size.bytes + 1023) / 1024)"
        for name in ["memory", "currentMemory"] {
            guard let element = child(name) else { continue }
            element.setStringValue(text, resolvingEntities: false)
            element.removeAttribute(forName: "unit")
            element.set("unit", to: "KiB")
        }
        // What was plugged in as modules is there from the start from now on.
        for device in child("devices")?.childElements ?? [] where device.name == "memory" { device.detach() }
        let cells = descendant("cpu", "numa")?.childElements.filter { $0.name == "cell" } ?? []
        if cells.count == 1, let cell = cells.first {
            for key in ["memory", "unit"] { cell.removeAttribute(forName: key) }
            cell.set("memory", to: text)
            cell.set("unit", to: "KiB")
        }
        guard let headroom = child("maxMemory"), let most = headroom.size(defaultUnit: "KiB") else { return }
        if size >= most {
            headroom.setStringValue("\(size.bytes * 4 / 1024)", resolvingEntities: false)
            headroom.removeAttribute(forName: "unit")
            headroom.set("unit", to: "KiB")
        }
    }

    /// - Parameter isAdopted: whether the disk's name is its target as well.
    fileprivate func put(_ disk: DomainDefinition.Disk, isAdopted: Bool) {
        if let old = self.disk(named: disk.name) {
            old.child("source")?.set("file", to: disk.path)
            return
        }
        let free = DomainXML.freeTarget(on: DomainXML.bus(of: disk), diskTargets)
        let element = DomainXML.disk(disk, target: isAdopted ? disk.name : free)
        child("devices")?.addChild(element)
        if disk.name == DeviceAlias.root, !isAdopted { boot(from: element) }
        addController(forDisksOn: DomainXML.bus(of: disk))
    }

    /// Has a disk be as its options say; what else is said of it stays.
    fileprivate func set(_ disk: DomainDefinition.Disk) {
        guard let old = self.disk(named: disk.name) else { return }
        for option in DiskOption.allCases { set(option, of: old, to: disk.options[option]) }
    }

    fileprivate func put(seed path: String, revision: String) {
        if let old = disk(named: DeviceAlias.seed) {
            old.child("source")?.set("file", to: path)
            return
        }
        let target = DomainXML.freeTarget(on: DiskOption.bus.usual, diskTargets)
        child("devices")?.addChild(DomainXML.seed(at: path, revision: revision, target: target))
    }

    fileprivate func put(_ nic: DomainDefinition.NIC) {
        guard let old = self.nic(of: nic) else {
            child("devices")?.addChild(DomainXML.nic(nic))
            return
        }
        old.plug(into: nic)
        if nic.sendsPlainFrames, let driver = DomainXML.nic(nic).child("driver") {
            old.child("driver")?.detach()
            driver.detach()
            old.addChild(driver)
        }
        if nic.hasOwnTap { old.nameTap() }
        old.child("mtu")?.detach()
        if let mtu = nic.mtu { old.addChild(XMLElement("mtu", ["size": "\(mtu)"])) }
    }

    /// Gives an interface the name on the node that it keeps; one that somebody else made has its own.
    func nameTap() {
        guard let mac = child("mac")?["address"].flatMap({ MACAddress($0) }),
            ["network", "bridge"].contains(self["type"]),
            child("target")?["managed"] != "no"
        else { return }
        let target = ensureChild("target")
        target.removeAttribute(forName: "dev")
        target.set("dev", to: mac.tapName)
    }

    /// Gives an interface the network and MAC of a definition; model, address and all else stay.
    func plug(into nic: DomainDefinition.NIC) {
        let new = DomainXML.nic(nic)
        if nic.mendsLink { child("link")?.set("state", to: "up") }
        // What somebody set of the port goes with it, and stays where the port does.
        let stays = NICAttachment(reading: self) == nic.attachment && child("mac")?["address"] == "\(nic.mac)"
        let parts = (stays ? [] : ["mac", "source", "virtualport", "vlan"]) + (nic.setsBandwidth ? ["bandwidth"] : [])
        for name in parts {
            child(name)?.detach()
            if let part = new.child(name) {
                part.detach()
                insertChild(part, at: 0)
            }
        }
        guard !stays else { return }
        for name in ["type"] {
            removeAttribute(forName: name)
            if let value = new[name] { set(name, to: value) }
        }
        // What libvirt made of the old plug.
        for name in ["target", "portid"] { child(name)?.detach() }
    }
}

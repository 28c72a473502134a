import FoundationXML
import Spec

extension XMLElement {
    /// How a disk says that the guest has it, also where that is QEMU's own way.
    func diskOption(_ option: DiskOption) -> String? {
        let driver = child("driver")
        return switch option {
        case .bus: child("target")?["bus"]
        case .cache, .io: driver?[option.rawValue] ?? option.usual
        // libvirt says nothing of what QEMU does by itself.
        case .discard: driver?[option.rawValue] ?? "ignore"
        case .readonly: "\(child("readonly") != nil)"
        }
    }

    /// Has a disk of this domain as an option says, or as it is where nothing is said; what else is said of it stays.
    func set(_ option: DiskOption, of disk: XMLElement, to value: String?) {
        switch option {
        case .bus: move(disk, to: value ?? option.usual)
        // What QEMU does by itself has no word of libvirt's.
        case .cache, .io:
            disk.ensureChild("driver").setOrRemove(option.rawValue, value == option.usual ? nil : value)
        case .discard: disk.ensureChild("driver").setOrRemove(option.rawValue, value ?? option.usual)
        case .readonly:
            disk.child("readonly")?.detach()
            if value == "true" { disk.addChild(XMLElement("readonly")) }
        }
    }

    private func move(_ disk: XMLElement, to bus: String) {
        guard let target = disk.child("target"), target["bus"] != bus else { return }
        let free = DomainXML.freeTarget(on: bus, diskTargets)
        target.detach()
        disk.addChild(XMLElement("target", ["dev": free, "bus": bus]))
        // It was a place on the other bus.
        disk.child("address")?.detach()
        addController(forDisksOn: bus)
        if disk.child("alias")?["name"] == DeviceAlias.disk(DeviceAlias.root) { boot(from: disk) }
    }

    /// Has the guest boot from its root disk, which may have come behind another one on its bus.
    ///
    /// `<boot dev='hd'>` means the first disk by its target. What somebody else said of the order stays.
    func boot(from root: XMLElement) {
        let order = child("os")?.childElements.filter { $0.name == "boot" } ?? []
        guard order.count == 1, order[0]["dev"] == "hd" else { return }
        order[0].detach()
        root.addChild(XMLElement("boot", ["order": "1"]))
    }

    /// A controller for disks that need one; where there is one already, libvirt puts them on that.
    func addController(forDisksOn bus: String) {
        guard bus == "scsi", !devices("controller").contains(where: { $0["type"] == "scsi" }) else { return }
        child("devices")?.addChild(DomainXML.scsiController)
    }

    private func setOrRemove(_ name: String, _ value: String?) {
        removeAttribute(forName: name)
        if let value { set(name, to: value) }
    }
}

import FoundationXML
import Reconciler
import Spec

extension DomainXML {
    /// The XML of a machine that installs a system: the domain with the installer's CDs, which boots from the root disk once there
    /// is something on it, and with no other disk: an installer that nobody watches could take one for its own.
    static func text(installing installation: DomainInstallation, answers: String?) -> String {
        let domain = element(installation.domain)
        domain.child("os")?.child("boot")?.detach()
        for (name, value) in [
            ("on_reboot", installation.until == .reboot ? "destroy" : "restart"), ("on_crash", "destroy"),
        ] {
            domain.child(name)?.stringValue = value
        }
        guard let devices = domain.child("devices") else { return domain.indentedText }
        let root = DeviceAlias.disk(DeviceAlias.root)
        for disk in domain.devices("disk") {
            if disk.child("alias")?["name"] == root {
                disk.addChild(XMLElement("boot", ["order": "1"]))
            } else {
                disk.detach()
            }
        }
        let bus = installation.domain.architecture.discBus
        domain.addController(forDisksOn: bus)
        var taken = domain.diskTargets
        for (number, path) in [installation.disc, answers].compactMap(\.self).enumerated() {
            let target = freeTarget(on: bus, taken)
            taken.insert(target)
            devices.addChild(cdrom(path, target: target, on: bus, boots: number == 0))
        }
        return domain.indentedText
    }

    private static func cdrom(_ path: String, target: String, on bus: String, boots: Bool) -> XMLElement {
        XMLElement(
            "disk", ["type": "file", "device": "cdrom"],
            [
                XMLElement("driver", ["name": "qemu", "type": "raw"]), XMLElement("source", ["file": path]),
                XMLElement("target", ["dev": target, "bus": bus]), XMLElement("readonly"),
                boots ? XMLElement("boot", ["order": "2"]) : nil,
            ].compactMap(\.self))
    }
}

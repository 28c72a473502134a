import FoundationXML
import Reconciler
import Spec

extension DomainXML {
    /// Everything in `<devices>` but for what is a field of the machine.
    ///
    /// Nothing is left to libvirt's defaults that a guest or a migration could notice.
    static func devices(_ definition: DomainDefinition) -> [XMLElement] {
        let disks = diskElements(definition)
        let nics = definition.nics.map(nic)
        let rest = [serial(definition), console, agentChannel, balloon] + inputs(definition)
        // Each NIC and disk takes a root port, and so do the serial bus of the agent, the balloon and the generator.
        let buses = [definition.rootDiskOptions[.bus]] + (definition.disks + definition.givenDisks).map { bus(of: $0) }
        let scsi = buses.contains("scsi") ? [scsiController] : []
        let taken = disks.count + nics.count + 3 + scsi.count + inputs(definition).count
        return disks + controllers(rootPorts: taken + sparePorts) + scsi + nics + rest
    }

    /// Root ports for what can be plugged in later: without declared ports libvirt leaves room for one device.
    private static let sparePorts = 8

    private static func controllers(rootPorts: Int) -> [XMLElement] {
        var controllers = [XMLElement("controller", ["type": "pci", "index": "0", "model": "pcie-root"])]
        for index in 1...rootPorts {
            controllers.append(
                XMLElement("controller", ["type": "pci", "index": "\(index)", "model": "pcie-root-port"]))
        }
        controllers.append(XMLElement("controller", ["type": "virtio-serial", "index": "0"]))
        controllers.append(XMLElement("controller", ["type": "usb", "model": "none"]))
        return controllers
    }

    /// The root disk, the data disks, and the seed, in the order in which a guest finds them, as clouds have it.
    ///
    /// The seed is a read-only disk and no CD-ROM: the kernels of cloud images have no driver for the drives of a q35.
    private static func diskElements(_ definition: DomainDefinition) -> [XMLElement] {
        var taken: Set<String> = []
        var disks: [XMLElement] = []
        for var disk in definition.disks + definition.givenDisks {
            if disk.name == DeviceAlias.root { disk.options = definition.rootDiskOptions }
            let target = freeTarget(on: bus(of: disk), taken)
            taken.insert(target)
            disks.append(self.disk(disk, target: target))
        }
        disks.append(seed(at: definition.seedPath, revision: "", target: freeTarget(on: DiskOption.bus.usual, taken)))
        return disks
    }

    /// `vda` for 0, `vdz` for 25, `vdaa` for 26; `sda` and so on for disks of other buses than virtio.
    static func deviceName(_ position: Int, on bus: String = DiskOption.bus.usual) -> String {
        var letters = ""
        var rest = position
        repeat {
            letters = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(rest % 26))) + letters
            rest = rest / 26 - 1
        } while rest >= 0
        return (bus == DiskOption.bus.usual ? "vd" : "sd") + letters
    }

    /// The first target of a bus that no disk has.
    static func freeTarget(on bus: String, _ taken: Set<String>) -> String {
        (0...).lazy.map { deviceName($0, on: bus) }.first { !taken.contains($0) } ?? deviceName(701, on: bus)
    }

    static func bus(of disk: DomainDefinition.Disk) -> String { disk.options[.bus] ?? DiskOption.bus.usual }

    /// The root disk or a data disk.
    static func disk(_ disk: DomainDefinition.Disk, target: String) -> XMLElement {
        XMLElement(
            "disk", ["type": disk.isBlockDevice ? "block" : "file", "device": "disk"],
            [
                XMLElement(
                    "driver",
                    [
                        "name": "qemu", "type": disk.isRaw ? "raw" : "qcow2", "cache": disk.options[.cache],
                        "io": disk.options[.io], "discard": disk.options[.discard] ?? DiskOption.discard.usual,
                    ]),
                XMLElement("source", [disk.isBlockDevice ? "dev" : "file": disk.path]),
                XMLElement("target", ["dev": target, "bus": bus(of: disk)]),
                disk.options[.readonly] == "true" ? XMLElement("readonly") : nil,
                disk.serial.map { XMLElement("serial", text: $0) },
                XMLElement(
                    "alias", ["name": disk.isGiven ? DeviceAlias.given(disk.name) : DeviceAlias.disk(disk.name)]),
            ].compactMap(\.self))
    }

    /// The controller of disks with the bus scsi: libvirt's own choice is one that few guests know.
    static var scsiController: XMLElement {
        XMLElement("controller", ["type": "scsi", "index": "0", "model": "virtio-scsi"])
    }

    /// A seed's disk to be put back into a definition.
    static func seed(at path: String, revision: String, target: String) -> XMLElement {
        XMLElement(
            "disk", ["type": "file", "device": "disk"],
            [
                XMLElement("driver", ["name": "qemu", "type": "raw"]), XMLElement("source", ["file": path]),
                XMLElement("target", ["dev": target, "bus": "virtio"]), XMLElement("readonly"),
            ] + (revision.isEmpty ? [] : [XMLElement("serial", text: revision)])
                + [XMLElement("alias", ["name": DeviceAlias.disk(DeviceAlias.seed)])])
    }

    static func nic(_ nic: DomainDefinition.NIC) -> XMLElement {
        let kind: String
        let source: XMLElement
        var port: BridgePort?
        switch nic.attachment {
        case .network(let name): (kind, source) = ("network", XMLElement("source", ["network": name]))
        case .bridge(let there):
            (kind, source, port) = ("bridge", XMLElement("source", ["bridge": there.bridge]), there)
        // The planner makes no other; as a network it is refused by libvirt by name instead of being left out.
        case .other(let text): (kind, source) = ("network", XMLElement("source", ["network": text]))
        }
        return XMLElement(
            "interface", ["type": kind],
            [
                XMLElement("mac", ["address": "\(nic.mac)"]), source,
                port?.isOpenSwitch == true ? XMLElement("virtualport", ["type": "openvswitch"]) : nil,
                port?.tag.map { XMLElement("vlan", [:], [XMLElement("tag", ["id": "\($0)"])]) },
                XMLElement("model", ["type": "virtio"]), nic.sendsPlainFrames ? plainFrames : nil,
                nic.mtu.map { XMLElement("mtu", ["size": "\($0)"]) }, nic.bandwidth.map(bandwidth),
                nic.hasOwnTap ? XMLElement("target", ["dev": nic.mac.tapName]) : nil,
                XMLElement("alias", ["name": DeviceAlias.nic(nic.name)]),
            ].compactMap(\.self))
    }

    /// A network card that leaves nothing of its frames to the node.
    private static var plainFrames: XMLElement {
        XMLElement(
            "driver", ["name": "qemu"],
            [
                XMLElement(
                    "host",
                    ["csum": "off", "gso": "off", "tso4": "off", "tso6": "off", "ecn": "off", "ufo": "off"]),
                XMLElement("guest", ["csum": "off", "tso4": "off", "tso6": "off", "ecn": "off", "ufo": "off"]),
            ])
    }

    /// The node counts in thousands of bytes in a second (libvirt's documentation of the network format).
    private static func bandwidth(_ bandwidth: Bandwidth) -> XMLElement {
        let parts = [("inbound", bandwidth.incoming), ("outbound", bandwidth.outgoing)].compactMap { name, rate in
            rate.map { XMLElement(name, ["average": "\($0.kilobytes)"]) }
        }
        return XMLElement("bandwidth", [:], parts)
    }

    /// The keyboard and the pointer of a screen that there is or may be later; a PC has them by itself.
    private static func inputs(_ definition: DomainDefinition) -> [XMLElement] {
        guard definition.architecture == .aarch64 else { return [] }
        return ["keyboard", "tablet"].map { XMLElement("input", ["type": $0, "bus": "virtio"]) }
    }

    /// The serial port, whose output the node also keeps in a file: it is all there is of a guest that never answers.
    private static func serial(_ definition: DomainDefinition) -> XMLElement {
        XMLElement(
            "serial", ["type": "pty"],
            [
                XMLElement("log", ["file": consoleLog(ofDomainNamed: definition.name), "append": "off"]),
                XMLElement(
                    "target",
                    ["type": definition.architecture == .x86_64 ? "isa-serial" : "system-serial", "port": "0"]),
            ])
    }

    private static var console: XMLElement {
        XMLElement("console", ["type": "pty"], [XMLElement("target", ["type": "serial", "port": "0"])])
    }

    private static var agentChannel: XMLElement {
        XMLElement(
            "channel", ["type": "unix"],
            [XMLElement("target", ["type": "virtio", "name": "org.qemu.guest_agent.0"])])
    }

    /// Its guest tells every ten seconds how much memory it uses, so that a plan need not go by figures of its boot.
    private static var balloon: XMLElement {
        XMLElement("memballoon", ["model": "virtio"], [XMLElement("stats", ["period": "10"])])
    }
}

extension BridgePort {
    /// What libvirt is told; nil for nothing.
    ///
    /// A port of Open vSwitch without a tag carries every VLAN, as its guest likes (ovs-vswitchd.conf.db(5)). One with the tag
    /// 0 carries frames without a tag alone.
    fileprivate var tag: Int? { vlan ?? (isOpenSwitch ? 0 : nil) }
}

extension DomainDefinition {
    /// How the guest has its root disk: its options are fields of the machine.
    fileprivate var rootDiskOptions: [DiskOption: String] {
        var options: [DiskOption: String] = [:]
        for option in DiskOption.allCases { options[option] = machine[option.rootPath] }
        return options
    }
}

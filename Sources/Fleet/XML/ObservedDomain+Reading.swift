package import FoundationEssentials
import FoundationXML
package import Libvirt
package import Reconciler
package import Spec

extension ObservedDomain {
    /// What one look at a domain found, ours or anybody's.
    ///
    /// - Parameter seenAddresses: what leases, agent or neighbour tables say.
    /// - Throws: where libvirt's own part of the XML cannot be read.
    package init(
        _ snapshot: DomainSnapshot, seenAddresses: [IPv4Address] = []
    ) throws(XMLReadingError) {
        try self.init(
            uuid: UniqueID(snapshot.uuid), name: snapshot.name, power: Power(snapshot.state),
            isPersistent: snapshot.persistent, autostart: snapshot.autostart, inactiveXML: snapshot.inactiveXML,
            liveXML: snapshot.liveXML, seenAddresses: seenAddresses)
        snapshots = try snapshot.snapshots.map { saved throws(XMLReadingError) in try Snapshot(saved) }
        hasManagedSave = snapshot.summary.hasManagedSave
        postCopy = PostCopy(snapshot.summary)
        pause = snapshot.summary.pauseReason.map { Pause($0) }
    }

    /// What a domain's XML and state say, ours or anybody's.
    ///
    /// A damaged mark is no error: it is in `markProblem`, and the domain is then foreign. The memory of a foreign
    /// domain is all it may claim, so that room is never promised twice; of ours it is what it starts with.
    /// - Parameter inactiveXML: without what libvirt calls secure, as anybody may read it.
    /// - Parameter liveXML: nil where it does not run.
    /// - Throws: where libvirt's own part of the XML cannot be read.
    package init(
        uuid: UniqueID, name: String, power: Power, isPersistent: Bool, autostart: Bool, inactiveXML: String,
        liveXML: String? = nil, seenAddresses: [IPv4Address] = []
    ) throws(XMLReadingError) {
        let what = "the domain \(name)"
        let definition = try XMLElement.withRoot("domain", of: inactiveXML, describing: what) {
            root throws(XMLReadingError) in try Definition(root, of: uuid, named: name)
        }
        self.init(
            uuid: uuid, name: name, power: power, isPersistent: isPersistent, autostart: autostart,
            mark: definition.mark, markProblem: definition.markProblem, vcpus: definition.vcpus,
            memory: definition.memory, nics: definition.nics, disks: definition.disks,
            seenAddresses: Set(seenAddresses).sorted(),
            fingerprint: Fingerprint.of(inactiveXML, "power \(power.rawValue)", "autostart \(autostart)"))
        balloon = definition.balloon
        machine = definition.machine
        layout = definition.layout
        ties = definition.ties
        hasFlashFirmware = definition.hasFlashFirmware
        hasEmulatedTPM = definition.hasEmulatedTPM
        nameDevices()
        if let liveXML { try read(live: liveXML, describing: what) }
    }

    /// Adds what runs: the disks too, since a file that was plugged in for this run only is in use as well.
    private mutating func read(live xml: String, describing what: String) throws(XMLReadingError) {
        let found = try XMLElement.withRoot("domain", of: xml, describing: what) { root in
            (
                running: root.running, taps: root.devices("interface").compactMap { ObservedDomain.Tap(reading: $0) },
                ties: root.ties
            )
        }
        taps = found.taps
        ties += found.ties.filter { !ties.contains($0) }
        guard var live = found.running else { return }
        for index in live.nics.indices where live.nics[index].name == nil {
            let known = nics.first { $0.mac == live.nics[index].mac }?.name
            if !live.nics.contains(where: { $0.name == known }) { live.nics[index].name = known }
        }
        for index in live.disks.indices where live.disks[index].name == nil {
            live.disks[index].name = disks.first { $0.path == live.disks[index].path }?.name
        }
        if live.vcpus != vcpus { liveVCPUs = live.vcpus }
        if live.memory != memory { liveMemory = live.memory }
        for var disk in live.disks where !disks.contains(where: { $0.path == disk.path }) {
            disk.isOnlyPluggedIn = true
            disks.append(disk)
        }
        running = live
    }
}

extension ObservedDomain.Power {
    /// What libvirt's state comes down to.
    package init(_ state: DomainState) {
        switch state {
        case .running, .blocked, .shuttingDown: self = .running
        case .paused, .suspendedByGuest: self = .paused
        case .off: self = .shutOff
        case .crashed: self = .crashed
        case .none: self = .other
        }
    }
}

extension ObservedDomain.Pause {
    /// What libvirt's reasons come down to.
    package init(_ reason: PauseReason) {
        switch reason {
        case .unknown, .user, .fromSnapshot: self = .byUser
        case .startingUp: self = .starting
        case .migration, .postCopy, .postCopyFailed: self = .migration
        case .save, .dump, .snapshot: self = .saving
        case .ioError: self = .ioError
        case .watchdog: self = .watchdog
        case .shuttingDown: self = .shuttingDown
        case .crashed: self = .crashed
        case .suspendedByGuest: self = .asleep
        }
    }
}

extension ObservedDomain.PostCopy {
    /// Nil where the domain is in no post-copy.
    init?(_ summary: DomainSummary) {
        if summary.isInPostCopy {
            self = .underWay
        } else if summary.hasBrokenPostCopy {
            self = .broken
        } else {
            return nil
        }
    }
}

extension UniqueID {
    /// The same UUID as libvirt's layer has it.
    package init(_ uuid: UUID) {
        // What Foundation prints always has the form of a UUID; the name is never derived from.
        self = UniqueID(uuid.uuidString) ?? UniqueID(derivedFrom: uuid.uuidString)
    }
}

/// What the inactive XML says.
private struct Definition {
    var mark: DomainMark?
    var markProblem: String?
    var vcpus: Int
    var memory: Size
    var balloon: Size?
    var machine: [String: String]
    var layout: ObservedDomain.Layout?
    var ties: [String]
    var hasFlashFirmware: Bool
    var hasEmulatedTPM: Bool
    var nics: [ObservedDomain.NIC]
    var disks: [ObservedDomain.Disk]

    init(_ root: XMLElement, of uuid: UniqueID, named name: String) throws(XMLReadingError) {
        switch DomainMark.read(from: root.child("metadata"), of: uuid) {
        case .absent: break
        case .readable(let mark): self.mark = mark
        case .problem(let reason): markProblem = reason
        }
        let whole = root.child("memory")?.size(defaultUnit: "KiB")
        guard let memory = mark == nil ? whole : root.currentMemory ?? whole, let vcpus = root.currentVCPUs else {
            throw XMLReadingError("the XML of the domain \(name) does not contain its memory or vCPUs")
        }
        self.memory = memory
        self.vcpus = vcpus
        if mark == nil, let current = root.currentMemory, current != memory { balloon = current }
        machine = MachineElement.values(of: root)
        layout = root.layout
        ties = root.ties
        let os = root.child("os")
        hasFlashFirmware =
            os?.child("loader")?["type"] == "pflash" || os?.child("nvram") != nil || os?["firmware"] == "efi"
        hasEmulatedTPM = root.devices("tpm").contains { $0.child("backend")?["type"] == "emulator" }
        disks = root.disks
        nics = root.devices("interface").compactMap { ObservedDomain.NIC(reading: $0) }
    }
}

extension XMLElement {
    /// How many of the vCPUs are there now, or at the next start.
    fileprivate var currentVCPUs: Int? {
        guard let element = child("vcpu") else { return nil }
        return (element["current"] ?? element.stringValue).flatMap { Int($0) }
    }

    fileprivate func devices(_ name: String) -> [XMLElement] {
        child("devices")?.childElements.filter { $0.name == name } ?? []
    }

    fileprivate var disks: [ObservedDomain.Disk] { devices("disk").compactMap { ObservedDomain.Disk(reading: $0) } }

    /// What runs, of a live XML.
    fileprivate var running: ObservedDomain.Running? {
        guard let vcpus = currentVCPUs, let whole = child("memory")?.size(defaultUnit: "KiB") else { return nil }
        let room = child("maxMemory")
        let slots = room?["slots"].flatMap { Int($0) } ?? 0
        var running = ObservedDomain.Running(
            vcpus: vcpus, maximumVCPUs: child("vcpu")?.stringValue.flatMap { Int($0) } ?? vcpus,
            memory: currentMemory ?? whole, wholeMemory: whole, maximumMemory: room?.size(defaultUnit: "KiB"),
            freeMemorySlots: Swift.max(0, slots - devices("memory").count),
            nics: devices("interface").compactMap { ObservedDomain.NIC(reading: $0) }, disks: disks)
        running.machine = MachineElement.values(of: self)
        return running
    }

    /// How vCPUs and memory are divided; one NUMA cell has all of them and divides nothing.
    fileprivate var layout: ObservedDomain.Layout? {
        let topology = descendant("cpu", "topology")
        let cells = descendant("cpu", "numa")?.childElements.count { $0.name == "cell" } ?? 0
        guard topology != nil || cells > 1, let maximum = child("vcpu")?.stringValue.flatMap({ Int($0) }) else {
            return nil
        }
        let levels = [("sockets", "socket"), ("dies", "die"), ("cores", "core"), ("threads", "thread")]
        let parts = levels.compactMap { key, one -> String? in
            guard let count = topology?[key].flatMap({ Int($0) }), count != 1 || key != "dies" else { return nil }
            return "\(count) \(count == 1 ? one : key)"
        }
        return ObservedDomain.Layout(
            topology: topology == nil ? nil : parts.joined(separator: ", "), cells: cells, maximumVCPUs: maximum)
    }

    /// What binds a domain to its node, in words.
    fileprivate var ties: [String] {
        (child("devices")?.childElements ?? []).compactMap { device in
            switch (device.name, device["type"]) {
            case ("hostdev", let type): return "the host device \(device.hostAddress ?? type ?? "")"
            case ("interface", "hostdev"), ("interface", "direct"):
                return "the NIC \(device.child("mac")?["address"] ?? "") on a host device"
            case ("filesystem", _): return "the host folder \(device.child("source")?["dir"] ?? "")"
            case ("shmem", _): return "memory shared with its node"
            case ("tpm", _) where device.child("backend")?["type"] == "passthrough": return "the host's TPM"
            default: return nil
            }
        }
    }

    /// Where a host device is, such as `pci 0000:01:00.0`.
    private var hostAddress: String? {
        guard let source = child("source"), let type = self["type"] else { return nil }
        if let address = source.child("address"), let slot = address["slot"] {
            let parts = [address["domain"] ?? "0x0000", address["bus"] ?? "0x00", slot].map { $0.dropFirst(2) }
            return "\(type) \(parts.joined(separator: ":")).\((address["function"] ?? "0x0").dropFirst(2))"
        }
        guard let vendor = source.child("vendor")?["id"], let product = source.child("product")?["id"] else {
            return type
        }
        return "\(type) \(vendor.dropFirst(2)):\(product.dropFirst(2))"
    }

    /// The memory that the balloon leaves.
    fileprivate var currentMemory: Size? { child("currentMemory")?.size(defaultUnit: "KiB") }
}

extension ObservedDomain.NIC {
    /// Nil for an interface without a MAC, which is a host device handed through.
    fileprivate init?(reading element: XMLElement) {
        guard let mac = element.child("mac")?["address"].flatMap({ MACAddress($0) }) else { return nil }
        self.init(
            name: DeviceAlias.nicName(element.child("alias")?["name"]), mac: mac,
            attachment: NICAttachment(reading: element))
    }
}

extension NICAttachment {
    fileprivate init(reading element: XMLElement) {
        let source = element.child("source")
        switch (element["type"], source?["network"], source?["bridge"]) {
        case ("network", let network?, _): self = .network(network)
        case ("bridge", _, let bridge?): self = .bridge(bridge)
        case (let type, _, _): self = .other(type ?? "")
        }
    }
}

extension ObservedDomain.Tap {
    /// Nil for an interface that has no device on the node.
    fileprivate init?(reading element: XMLElement) {
        guard let device = element.child("target")?["dev"], !device.isEmpty else { return nil }
        self.init(device: device, attachment: NICAttachment(reading: element))
    }
}

extension ObservedDomain.Disk {
    /// Nil for what names no file of the node, such as an empty drive.
    fileprivate init?(reading element: XMLElement) {
        let source = element.child("source")
        guard let path = source?["file"] ?? source?["dev"] else { return nil }
        self.init(
            name: DeviceAlias.diskName(element.child("alias")?["name"]), path: path,
            serial: element.child("serial")?.stringValue)
        target = element.child("target")?["dev"]
        format = element.child("driver")?["type"]
        isHotPluggable = !["sata", "ide", "fdc"].contains(element.child("target")?["bus"] ?? "")
        isReadOnly = element.child("readonly") != nil || ["cdrom", "floppy"].contains(element["device"])
    }
}

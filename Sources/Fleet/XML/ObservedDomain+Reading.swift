import FoundationEssentials
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
    /// domain is all it may claim, so that memory is never promised twice; of ours it is what it starts with.
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
        architecture = definition.architecture
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
        for index in live.disks.indices where live.disks[index].isForeign {
            let known = disks.first { $0.path == live.disks[index].path }
            live.disks[index].name = known?.name
            live.disks[index].given = known?.given
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

/// What the inactive XML says.
private struct Definition {
    var mark: DomainMark?
    var markProblem: String?
    var vcpus: Int
    var memory: Size
    var balloon: Size?
    var machine: [String: String]
    var architecture: String?
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
        architecture = root.descendant("os", "type")?["arch"]
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

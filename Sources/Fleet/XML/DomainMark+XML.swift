import FoundationXML
package import Reconciler
import Spec

/// A mark as it was found in metadata.
enum MarkReading<Mark: Sendable>: Sendable {
    case absent
    case readable(Mark)
    /// Why a mark that is there does not count.
    case problem(String)
}

extension DomainMark {
    /// The mark as XML for libvirt's call that sets metadata, with `MarkFormat.namespace` and `MarkFormat.prefix`.
    ///
    /// It has no namespace of its own: libvirt adds it, and refuses XML that has one already.
    package var metadataText: String { record.bareText }

    /// The mark's element for the `<metadata>` of a domain.
    var xml: XMLElement { record.qualified }

    private var record: MarkRecord {
        var record = MarkRecord(attributes: [
            ("cluster", cluster.name.text), ("cluster-id", cluster.id), ("part", part.text),
            ("instance", instance.text), ("uuid", uuid.text), ("phase", phase.rawValue),
            ("ready", wasReady ? "yes" : "no"), ("protect", protect ? "yes" : "no"), ("base-image", baseImage),
            ("adopted", isAdopted ? "yes" : nil), ("installation", installation?.rawValue),
            ("move-from", move?.from.text), ("move-to", move?.to.text), ("arrived", hasMigrated ? "yes" : nil),
            ("evacuated-from", evacuatedFrom?.text),
            ("attempt", trial?.stage.rawValue), ("taken-back-at", trial?.rolledBackAt),
            ("taken-back-because", trial?.reason),
            ("role-attempt", roleTrial?.stage.rawValue),
            ("domain-name", domainName),
        ])
        for (name, nic) in nics.sorted(by: { $0.key < $1.key }) {
            record.children.append(
                ("nic", [("name", name.text), ("mac", "\(nic.mac)"), ("address", nic.address.map { "\($0)" })]))
        }
        for (disk, paths) in diskPaths.sorted(by: { $0.key < $1.key }) {
            record.children.append(("disk-way", [("disk", disk), ("from", paths.from), ("to", paths.to)]))
        }
        for folder in move?.folders ?? [] {
            record.children.append(("move-folder", [("from", folder.from), ("to", folder.to)]))
        }
        for folder in move?.sharedFolders ?? [] {
            record.children.append(("move-shared", [("folder", folder)]))
        }
        record.append(applied: applied)
        if let trial { record.append(trial: trial) }
        for (role, spec) in (roleTrial?.target ?? [:]).sorted(by: { $0.key < $1.key }) {
            record.children.append(("tried-role", [("role", role), ("spec", spec)]))
        }
        return record
    }

    /// The mark in a domain's metadata.
    ///
    /// - Parameter uuid: the domain's own UUID: a mark with another one was copied by a clone.
    static func read(from metadata: XMLElement?, of uuid: UniqueID) -> MarkReading<DomainMark> {
        switch MarkFormat.find(in: metadata) {
        case .absent: return .absent
        case .problem(let reason): return .problem(reason)
        case .element(let element):
            do throws(MarkProblem) {
                let mark = try DomainMark(reading: MarkReader(element))
                guard mark.uuid == uuid else {
                    return .problem("its mark was copied from the domain with the UUID \(mark.uuid)")
                }
                return .readable(mark)
            } catch {
                return .problem("its mark \(error.reason)")
            }
        }
    }

    private init(reading reader: MarkReader) throws(MarkProblem) {
        var nics: [Name: NIC] = [:]
        for child in reader.children("nic") {
            let name = try child.name("name")
            let mac = try child.value("mac", "MAC address") { MACAddress($0) }
            var address: IPv4Address?
            if try child.optional("address") != nil {
                address = try child.value("address", "IPv4 address") { IPv4Address($0) }
            }
            guard nics.updateValue(NIC(mac: mac, address: address), forKey: name) == nil else {
                throw MarkProblem(reason: "has two NICs named \(name)")
            }
        }
        var move: Move?
        if try reader.optional("move-to") != nil {
            move = Move(
                from: try reader.name("move-from"), to: try reader.name("move-to"),
                folders: try reader.children("move-folder").map { child throws(MarkProblem) in
                    Move.Folder(from: try child.text("from"), to: try child.text("to"))
                },
                sharedFolders: try reader.children("move-shared").map { child throws(MarkProblem) in
                    try child.text("folder")
                })
        }
        let evacuatedFrom = try reader.optional("evacuated-from") != nil ? try reader.name("evacuated-from") : nil
        self.init(
            cluster: try reader.cluster(), part: try reader.name("part"), instance: try reader.name("instance"),
            uuid: try reader.value("uuid", "UUID") { UniqueID($0) },
            phase: try reader.value("phase", "phase for this version of kvmctl") { Phase(rawValue: $0) },
            wasReady: try reader.flag("ready"), protect: try reader.flag("protect"),
            baseImage: try reader.text("base-image"), nics: nics, applied: try reader.applied(),
            move: move, evacuatedFrom: evacuatedFrom)
        if try reader.optional("adopted") != nil { isAdopted = try reader.flag("adopted") }
        if try reader.optional("installation") != nil {
            installation = try reader.value("installation", "stage for this version of kvmctl") {
                InstallationStage(rawValue: $0)
            }
        }
        if try reader.optional("arrived") != nil { hasMigrated = try reader.flag("arrived") }
        trial = try reader.trial()
        roleTrial = try reader.roleTrial()
        domainName = try reader.optional("domain-name")
        for child in reader.children("disk-way") {
            diskPaths[try child.text("disk")] = DiskPaths(from: try child.text("from"), to: try child.text("to"))
        }
    }
}

extension MarkRecord {
    /// Adds the effective spec, sorted by path.
    mutating func append(applied: [String: String]) {
        for (path, value) in applied.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            children.append(("applied", [("path", path), ("value", value)]))
        }
    }
}

extension MarkRecord {
    /// Adds what a risky change is about, sorted.
    fileprivate mutating func append(trial: ChangeTrial) {
        for (path, value) in trial.target.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            children.append(("tried", [("path", path), ("value", value)]))
        }
        for disk in Set(trial.oldFiles.keys).union(trial.newFiles.keys).sorted() {
            children.append(
                (
                    "tried-file",
                    [("disk", disk), ("old", trial.oldFiles[disk]), ("new", trial.newFiles[disk])]
                ))
        }
    }
}

extension MarkReader {
    /// The risky change that the mark speaks of.
    func trial() throws(MarkProblem) -> ChangeTrial? {
        guard var trial = try self.trial(in: "attempt") else { return nil }
        for child in children("tried") { trial.target[try child.text("path")] = try child.text("value") }
        for child in children("tried-file") {
            let disk = try child.text("disk")
            trial.oldFiles[disk] = try child.optional("old")
            trial.newFiles[disk] = try child.optional("new")
        }
        trial.rolledBackAt = try optional("taken-back-at")
        trial.reason = try optional("taken-back-because")
        return trial
    }

    /// The change of roles that the mark speaks of.
    func roleTrial() throws(MarkProblem) -> ChangeTrial? {
        guard var trial = try self.trial(in: "role-attempt") else { return nil }
        for child in children("tried-role") { trial.target[try child.text("role")] = try child.text("spec") }
        return trial
    }

    private func trial(in attribute: String) throws(MarkProblem) -> ChangeTrial? {
        guard try optional(attribute) != nil else { return nil }
        let stage = try value(attribute, "stage for this version of kvmctl") { ChangeTrial.Stage(rawValue: $0) }
        return ChangeTrial(stage: stage, target: [:])
    }

    /// Whose mark it is.
    func cluster() throws(MarkProblem) -> ClusterIdentity {
        ClusterIdentity(name: try name("cluster"), id: try optional("cluster-id"))
    }

    /// The effective spec as last applied.
    func applied() throws(MarkProblem) -> [String: String] {
        var applied: [String: String] = [:]
        for child in children("applied") {
            let path = try child.text("path")
            guard applied.updateValue(try child.text("value"), forKey: path) == nil else {
                throw MarkProblem(reason: "has two values for \(MarkText.escaped(path))")
            }
        }
        return applied
    }
}

import Spec

extension InstanceComparer {
    /// Disks of an adopted instance, by their target: those that are there may grow, files of its owner's are plugged in.
    func compareAdoptedDisks(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        for disk in comparison.instance.disks where !comparison.ignores("disks.\(disk.name)") {
            let field = "disks.\(disk.name)"
            let defined = comparison.owned.domain.definedDisk(disk.name.text)
            guard let defined else {
                addAdopted(disk, comparison, &update)
                continue
            }
            guard defined.path == disk.path else {
                block(
                    comparison, &update, "\(field).path", old: defined.path, new: disk.path,
                    "kvmctl does not replace disks of an adopted instance: remove this one from the spec, apply, and then add "
                        + "the other one")
                continue
            }
            if let running = comparison.running, !running.disks.contains(where: { $0.path == defined.path }),
                defined.isHotPluggable
            {
                if let format = defined.format.flatMap({ DiskFormat(rawValue: $0) }) {
                    plug(disk, as: format, comparison, &update)
                } else {
                    block(
                        comparison, &update, "\(field).path", old: nil, new: defined.path,
                        "its format in the definition is \(defined.format ?? "unset"): attach such a disk with virsh"
                    )
                }
            }
            if let format = disk.format, let there = defined.format, there != format.rawValue {
                block(
                    comparison, &update, "\(field).format", old: there, new: format.rawValue,
                    "its domain uses the disk as \(there): correct the format in the spec")
            }
            guard disk.size.bytes > 0 else { continue }
            compareSize(of: disk.name.text, at: defined.path, "\(field).size", disk.size, comparison, &update)
        }
    }

    /// Plugs in a file that its owner has; kvmctl makes none for an adopted instance, and deletes none with a disk.
    private func addAdopted(
        _ disk: DataDisk, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        let field = "disks.\(disk.name)"
        let node = comparison.owned.node
        guard let path = disk.path else { return }
        func refused(_ why: String) { block(comparison, &update, "\(field).path", old: nil, new: path, why) }
        guard InstanceComparer.isVirtioTarget(disk.name.text) else {
            return refused("kvmctl attaches virtio disks only, with names such as vdb; attach others with virsh")
        }
        guard !path.hasPrefix("/dev/") else {
            return refused("attach block devices with virsh attach-disk")
        }
        guard let format = disk.format else {
            return refused(
                "the format of the file is not given: set format: raw or format: qcow2 beside its path (qemu-img info on "
                    + "\(node) shows it, but the content of a raw disk can look like qcow2)")
        }
        guard answered[node]?.volumes[path] != nil else {
            return refused("\(path) does not exist on \(node): create it first, with qemu-img create")
        }
        guard !isUsedElsewhere(path, on: node, besides: comparison.owned.domain.uuid) else {
            return refused("\(path) is already in use on \(node): detach it there first")
        }
        let isTaken = comparison.owned.domain.disks.contains { $0.target == disk.name.text }
        guard !isTaken else {
            return refused("it already has a disk \(disk.name): choose another name, or detach that disk first")
        }
        update.items.append(
            .disk(
                DomainDefinition.Disk(
                    name: disk.name.text, path: path, serial: disk.name.text, isRaw: format == .raw)))
        if comparison.running != nil { plug(disk, as: format, comparison, &update) }
        update.fields.append(
            comparison.field(
                "\(field).path", old: nil, new: path, comparison.running == nil ? .nextBoot : .live))
        guard disk.size.bytes > 0 else { return }
        compareSize(of: disk.name.text, at: path, "\(field).size", disk.size, comparison, &update)
    }

    private func plug(
        _ disk: DataDisk, as format: DiskFormat, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        guard let path = disk.path, answered[comparison.owned.node]?.volumes[path] != nil else { return }
        let definition = DomainDefinition.Disk(
            name: disk.name.text, path: path, serial: disk.name.text, isRaw: format == .raw)
        update.live.append(("plug/\(disk.name)", .plugDisk(definition)))
        let field = "disks.\(disk.name).path"
        if comparison.owned.domain.definedDisks.contains(where: { $0.path == path }) {
            update.fields.append(comparison.field(field, old: nil, new: path, .live))
        }
    }

    /// Takes out what the spec named once; its file is its owner's and stays.
    func removeAdoptedDisks(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let wanted = Set(comparison.instance.disks.map(\.name.text))
        for disk in comparison.owned.domain.definedDisks {
            guard let name = disk.name, !wanted.contains(name), !comparison.ignores("disks.\(name)"),
                comparison.applied["disks.\(name).path"] == disk.path
            else { continue }
            let isPlugged = comparison.running?.disks.contains { $0.path == disk.path } ?? false
            if isPlugged, !disk.isHotPluggable, !comparison.mayReboot {
                block(
                    comparison, &update, "disks.\(name).path", old: disk.path, new: nil,
                    "it cannot be detached from a running guest, and the guest may not be rebooted (rebootPolicy: never)"
                )
                continue
            }
            update.items.append(.removeDisk(name))
            if isPlugged {
                if disk.isHotPluggable {
                    // Before the edit, which takes the word for it from the definition.
                    update.first.append(("unplug/\(name)", .unplugDisk(name)))
                } else {
                    update.reboots = true
                }
            }
            let effect: FieldChange.Effect = comparison.running == nil ? .nextBoot : update.reboots ? .reboot : .live
            update.fields.append(comparison.field("disks.\(name).path", old: disk.path, new: nil, effect))
            update.details.append("its file \(disk.path) is kept: kvmctl does not own it")
        }
    }

    /// Whether a target is one of a virtio disk, such as `vdb`.
    private static func isVirtioTarget(_ target: String) -> Bool {
        target.utf8.count >= 3 && target.hasPrefix("vd") && target.dropFirst(2).allSatisfy { $0.isASCII && $0.isLetter }
    }
}

import Spec

/// libvirt keeps nothing within the disks beside UEFI's variables, and goes back to nothing either.
private let uefiObstacle = (
    reason: "its UEFI firmware keeps its variables in a separate file, which a snapshot does not include",
    remedy: "copy its disks while it is off"
)

extension Instance {
    /// The same for what it is to become: from there libvirt would not go back, and a disk that is plugged in before
    /// the snapshot would be in it.
    var snapshotObstacle: (reason: String, remedy: String)? {
        if hardware.firmware?.hasVariables ?? false { return uefiObstacle }
        let raw = givenDisks.first { $0.format != .qcow2 && $0.options[.readonly] != "true" }
        return raw.map { disk in
            (
                "its disk \(disk.name) is \(disk.isBlockDevice ? "a block device" : "raw"), which has no snapshots",
                detachment(of: disk.name.text)
            )
        }
    }
}

/// What lets an instance have snapshots beside a disk of its owner's that has none.
private func detachment(of disk: String) -> String {
    "remove the disk \(disk) from the spec, or write readonly: true for it, and apply"
}

extension ObservedDomain {
    /// Why libvirt cannot keep a state of its disks within them, and what to do; nil where it can.
    package var snapshotObstacle: (reason: String, remedy: String)? {
        if hasFlashFirmware { return uefiObstacle }
        let writable = definedDisks.filter { !$0.isReadOnly }
        guard let raw = writable.first(where: { $0.format != nil && $0.format != "qcow2" }) else { return nil }
        let isDevice = raw.path.hasPrefix("/dev/")
        let what = isDevice ? "is a block device" : "has the format \(raw.format ?? "")"
        return (
            "its disk \(raw.path) \(what), and only qcow2 supports snapshots",
            raw.given.map(detachment)
                ?? (isDevice ? "detach it first" : "convert it to qcow2 while it is off (qemu-img convert -O qcow2)")
        )
    }
}

extension ObservedDomain {
    /// Why it cannot go back to a definition with these disks of their owners, and what to do; nil where it can.
    ///
    /// libvirt goes back to the whole definition: it would bring back a disk that was detached since, and that others
    /// may write to by now.
    package func returnObstacle(to snapshot: String, with before: [Disk]) -> (reason: String, remedy: String)? {
        guard let lost = before.first(where: { !has($0) }), let name = lost.given else { return nil }
        let now = definedDisks.first { $0.given == name }
        let difference =
            switch now {
            case nil: "which was detached since"
            case let now? where now.path != lost.path: "which is \(now.path) now"
            default: "which it only reads now, and could write to then"
            }
        let instance = mark?.instance.text ?? self.name
        return (
            "in the snapshot \(snapshot), it has the disk \(name) at \(lost.path), \(difference): others may use that "
                + "by now",
            "Attach the disk again as it was then and apply, or delete the snapshot "
                + "(kvmctl snapshot delete \(instance) \(snapshot))."
        )
    }

    /// Whether its definition has a disk of its owner's in the same place, and may write to it where the other may.
    package func has(_ other: Disk) -> Bool {
        definedDisks.contains {
            $0.given == other.given && $0.path == other.path && (!$0.isReadOnly || other.isReadOnly)
        }
    }
}

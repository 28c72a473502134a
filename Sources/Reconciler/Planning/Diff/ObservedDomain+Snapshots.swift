extension ObservedDomain {
    /// Why libvirt cannot keep a state of its disks within them, and what to do; nil where it can.
    package var snapshotObstacle: (reason: String, remedy: String)? {
        if hasFlashFirmware {
            return (
                "its UEFI firmware keeps its variables in a separate file, which a snapshot does not include",
                "copy its disks while it is off"
            )
        }
        let writable = definedDisks.filter { !$0.isReadOnly }
        if let raw = writable.first(where: { $0.format != nil && $0.format != "qcow2" }) {
            return (
                "its disk \(raw.path) has the format \(raw.format ?? ""), and only qcow2 supports snapshots",
                "convert it to qcow2 while it is off (qemu-img convert -O qcow2)"
            )
        }
        return nil
    }
}

extension ObservedDomain {
    /// Why libvirt cannot keep a state of its disks within them, and what to do; nil where it can.
    package var snapshotObstacle: (reason: String, remedy: String)? {
        if hasFlashFirmware {
            return (
                "its firmware (UEFI) keeps its settings in a file of its own, which a snapshot cannot hold",
                "copy its disks while it is off"
            )
        }
        let writable = definedDisks.filter { !$0.isReadOnly }
        if let raw = writable.first(where: { $0.format != nil && $0.format != "qcow2" }) {
            return (
                "its disk \(raw.path) has the format \(raw.format ?? ""), and only qcow2 can hold a snapshot",
                "turn it into qcow2 while it is off (qemu-img convert -O qcow2)"
            )
        }
        return nil
    }
}

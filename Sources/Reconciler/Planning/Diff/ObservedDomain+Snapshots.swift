import Spec

/// libvirt keeps nothing within the disks beside UEFI's variables, and goes back to nothing either.
private let uefiObstacle = (
    reason: "its UEFI firmware keeps its variables in a separate file, which a snapshot does not include",
    remedy: "copy its disks while it is off"
)

extension Instance {
    /// The same for what it is to become: from there libvirt would not go back.
    var snapshotObstacle: (reason: String, remedy: String)? {
        hardware.firmware?.hasVariables ?? false ? uefiObstacle : nil
    }
}

extension ObservedDomain {
    /// Why libvirt cannot keep a state of its disks within them, and what to do; nil where it can.
    package var snapshotObstacle: (reason: String, remedy: String)? {
        if hasFlashFirmware { return uefiObstacle }
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

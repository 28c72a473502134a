extension Rule {
    /// Options of a disk that QEMU refuses together.
    static let diskOptionsAgree = Rule { cluster in
        cluster.orderedInstances.flatMap { instance in
            let root = Disk(path: "rootDisk", noun: "root disk", options: instance.rootDisk)
            let disks = instance.disks.map {
                Disk(path: "disks.\($0.name)", noun: "disk \($0.name)", options: $0.options)
            }
            return ([root] + disks).flatMap { disk -> [Diagnostic] in
                func complain(_ option: DiskOption, _ message: String, _ remedy: String) -> Diagnostic? {
                    instance.positions["\(disk.path).\(option.rawValue)"].map {
                        Diagnostic(at: $0, message, remedy: remedy)
                    }
                }
                var found: [Diagnostic?] = []
                if disk.options[.io] == "native", !["none", "directsync"].contains(disk.options[.cache] ?? "") {
                    found.append(
                        complain(
                            .io, "the \(disk.noun) has io: native, which needs the node's cache out of the way",
                            "add cache: none"))
                }
                if disk.options[.bus] == "sata", disk.options[.readonly] == "true" {
                    found.append(
                        complain(
                            .readonly, "the \(disk.noun) is read-only on sata, which QEMU does not have",
                            "use bus: virtio or bus: scsi"))
                }
                return found.compactMap(\.self)
            }
        }
    }
}

/// The root disk or a data disk, as far as its options go.
private struct Disk {
    /// Where it is in its instance, such as `disks.data`.
    let path: String
    let noun: String
    let options: [DiskOption: String]
}

extension Rule {
    /// Options of a disk that QEMU refuses together.
    static let diskOptionsAgree = Rule { cluster in
        cluster.orderedInstances.flatMap { instance in
            instance.disks.flatMap { disk -> [Diagnostic] in
                func complain(_ option: DiskOption, _ message: String, _ remedy: String) -> Diagnostic? {
                    instance.positions["disks.\(disk.name).\(option.rawValue)"].map {
                        Diagnostic(at: $0, message, remedy: remedy)
                    }
                }
                var found: [Diagnostic?] = []
                if disk.options[.io] == "native", !["none", "directsync"].contains(disk.options[.cache] ?? "") {
                    found.append(
                        complain(
                            .io, "the disk \(disk.name) has io: native, which needs the node's cache out of the way",
                            "add cache: none"))
                }
                if disk.options[.bus] == "sata", disk.options[.readonly] == "true" {
                    found.append(
                        complain(
                            .readonly, "the disk \(disk.name) is read-only on sata, which QEMU does not have",
                            "use bus: virtio or bus: scsi"))
                }
                return found.compactMap(\.self)
            }
        }
    }
}

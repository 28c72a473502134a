import Spec

extension FleetReading {
    /// What a guest finds a data disk by in `/dev/disk/by-id`: the disk's name, or something of its own where the guest
    /// could not tell two long names apart.
    ///
    /// A disk that is in a definition keeps what it has there.
    func serial(of disk: Name, in instance: Instance) -> String {
        let defined = owned[instance.name]?.domain.definedDisks ?? []
        if let serial = defined.first(where: { ($0.name ?? $0.given) == disk.text })?.serial { return serial }
        // QEMU gives a guest so many characters of a virtio disk's serial number, and no more.
        func seen(_ text: String) -> String { String(text.prefix(20)) }
        let others =
            instance.disks.map(\.name).filter { $0 != disk }.map(\.text)
            + defined.filter { ($0.name ?? $0.given) != disk.text }.compactMap(\.serial)
        guard others.contains(where: { seen($0) == seen(disk.text) }) else { return disk.text }
        return "\(disk.text.prefix(11))-\(StableHash.digest("serial of \(disk)").prefix(8))"
    }
}

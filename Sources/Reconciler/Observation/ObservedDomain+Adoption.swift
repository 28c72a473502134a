extension ObservedDomain {
    /// The domain as it will be seen once it carries this mark.
    ///
    /// An adopted domain has no aliases of ours: its NICs are known by their MAC and its disks by their target.
    package func adopted(with mark: DomainMark) -> ObservedDomain {
        var domain = self
        domain.mark = mark
        domain.memory = balloon ?? memory
        domain.balloon = nil
        domain.nameDevices()
        return domain
    }

    /// Names the devices that the mark tells of and no alias does.
    package mutating func nameDevices() {
        guard let mark else { return }
        // Somebody's editor may have dropped an alias, and an adopted domain never had any.
        for index in nics.indices where nics[index].name == nil {
            let known = mark.nics.first { $0.value.mac == nics[index].mac }?.key
            if let known, !nics.contains(where: { $0.name == known }) { nics[index].name = known }
        }
        guard mark.isAdopted else { return }
        for index in running?.nics.indices ?? 0..<0 where running?.nics[index].name == nil {
            let mac = running?.nics[index].mac
            running?.nics[index].name = mark.nics.first { $0.value.mac == mac }?.key
        }
        for index in disks.indices where !disks[index].isReadOnly { disks[index].name = disks[index].target }
    }
}

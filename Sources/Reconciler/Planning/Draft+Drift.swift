import Spec

extension Draft {
    /// What was taken from a domain or changed in it that no field of the spec names, in path order.
    ///
    /// Identities are the mark's: a NIC keeps its MAC and an instance its seed though the spec says neither.
    func driftBesideFields(_ owned: OwnedDomain) -> [FieldChange] {
        let domain = owned.domain
        var drift: [FieldChange] = []
        for nic in domain.nics {
            guard let name = nic.name, let known = owned.mark.nics[name]?.mac, known != nic.mac else { continue }
            drift.append(
                FieldChange(
                    path: "nics.\(name).mac", old: nic.mac.description, new: known.description, effect: .reboot,
                    origin: .drift))
        }
        if !owned.mark.isAdopted, !domain.disks.contains(where: { $0.name == "seed" }) {
            drift.append(
                FieldChange(path: "seed", old: nil, new: "plugged in", effect: .nextBoot, origin: .drift))
        }
        return drift
    }

    /// Tells of what somebody added to our domains: it is theirs, so it stays.
    mutating func noticeAdditions() {
        for (instance, owned) in owned.sorted(by: { $0.key < $1.key })
        where !owned.mark.isAdopted && removals[instance] == nil && manages(owned.mark.part) {
            let what =
                owned.domain.nics.filter { $0.name == nil }.map { "a NIC \($0.mac)" }
                + owned.domain.disks.filter { $0.name == nil }.map { "a disk \($0.path)" }
            guard !what.isEmpty else { continue }
            notices.append(
                "\(instance) on \(owned.node) has \(what.joined(separator: " and ")), which kvmctl did not add and leaves"
            )
        }
    }
}

import Spec

extension NoticeEmitter {
    /// Tells of disks that stand on files which are neither base images nor their own.
    mutating func noticeOverlays() {
        for (instance, owned) in owned.inOrder(where: { isMade($0) && !overlays(of: $0).isEmpty })
        where removals[instance] == nil {
            for (disk, below) in overlays(of: owned) {
                graph.findings.note(
                    about: [.instance(instance, on: owned.node)],
                    "\(disk.name ?? "") of \(instance) on \(owned.node) is \(disk.path), an overlay on "
                        + "\(below), as created by an external snapshot: merge them with `virsh blockcommit "
                        + "\(owned.domain.name) \(disk.target ?? "TARGET") --active --pivot` before the instance is deleted or migrated"
                )
            }
        }
    }

    /// The disks of ours that stand on files which are neither base images nor their own, each with that file.
    private func overlays(of owned: OwnedDomain) -> [(disk: ObservedDomain.Disk, below: String)] {
        guard let volumes = answered[owned.node]?.volumes else { return [] }
        return owned.domain.disks.compactMap { disk in
            guard disk.name != nil, disk.layers.isEmpty, let below = volumes[disk.path]?.backingPath,
                !below.isBaseImagePath
            else { return nil }
            return (disk, below)
        }
    }

    /// Whether kvmctl made a domain, for a part of this run.
    private func isMade(_ owned: OwnedDomain) -> Bool { !owned.mark.isAdopted && manages(owned.mark.part) }

    /// Tells of what somebody added to our domains: it is theirs, so it stays.
    mutating func noticeAdditions() {
        for (instance, owned) in owned.inOrder(where: { isMade($0) && hasAdditions($0) })
        where removals[instance] == nil {
            let what =
                owned.domain.nics.filter { $0.name == nil }.map { "a NIC \($0.mac)" }
                + owned.domain.disks.filter(\.isForeign).map { "a disk \($0.path)" }
            graph.findings.note(
                about: [.instance(instance, on: owned.node)],
                "\(instance) on \(owned.node) has \(what.joined(separator: " and ")), which kvmctl did not add and does not touch"
            )
        }
    }

    private func hasAdditions(_ owned: OwnedDomain) -> Bool {
        owned.domain.nics.contains { $0.name == nil } || owned.domain.disks.contains(where: \.isForeign)
    }
}

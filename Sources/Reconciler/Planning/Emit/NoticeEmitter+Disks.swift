import Spec

extension NoticeEmitter {
    /// Tells of disks that stand on files which are neither base images nor their own.
    mutating func noticeOverlays() {
        for (instance, owned) in owned.sorted(by: { $0.key < $1.key })
        where !owned.mark.isAdopted && removals[instance] == nil && manages(owned.mark.part) {
            for disk in owned.domain.disks where disk.name != nil && disk.layers.isEmpty {
                guard let below = answered[owned.node]?.volumes[disk.path]?.backingPath, !below.isBaseImagePath
                else { continue }
                graph.findings.note(
                    about: [.instance(instance, on: owned.node)],
                    "\(disk.name ?? "") of \(instance) on \(owned.node) is \(disk.path), an overlay on "
                        + "\(below), as created by an external snapshot: merge them with `virsh blockcommit "
                        + "\(owned.domain.name) \(disk.target ?? "TARGET") --active --pivot` before the instance is deleted or migrated"
                )
            }
        }
    }

    /// Tells of what somebody added to our domains: it is theirs, so it stays.
    mutating func noticeAdditions() {
        for (instance, owned) in owned.sorted(by: { $0.key < $1.key })
        where !owned.mark.isAdopted && removals[instance] == nil && manages(owned.mark.part) {
            let what =
                owned.domain.nics.filter { $0.name == nil }.map { "a NIC \($0.mac)" }
                + owned.domain.disks.filter { $0.name == nil }.map { "a disk \($0.path)" }
            guard !what.isEmpty else { continue }
            graph.findings.note(
                about: [.instance(instance, on: owned.node)],
                "\(instance) on \(owned.node) has \(what.joined(separator: " and ")), which kvmctl did not add and does not touch"
            )
        }
    }
}

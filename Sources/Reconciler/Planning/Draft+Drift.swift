import Spec

extension Draft {
    /// Shows what was taken from an instance behind kvmctl's back and cannot be given back yet: its root disk, its seed,
    /// and files of its disks.
    func compareLosses(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let (instance, owned) = (comparison.instance, comparison.owned)
        guard !owned.mark.isAdopted, owned.mark.phase == .active else { return }
        let defined = Dictionary(owned.domain.definedDisks.map { ($0.name ?? "", $0.path) }) { first, _ in first }
        if defined["seed"] == nil {
            update.blocked.append(
                (
                    comparison.loss("seed", "plugged in"),
                    "its seed was ejected; plug it in again with virsh attach-disk, or write the definition anew"
                ))
        }
        let sizes =
            [("root", "disk", instance.disk)] + instance.disks.map { ($0.name.text, "disks.\($0.name).size", $0.size) }
        for (disk, field, size) in sizes {
            guard let path = defined[disk] else {
                guard disk == "root" else { continue }
                update.blocked.append(
                    (
                        comparison.loss(field, size.description),
                        "its root disk was unplugged; plug it in again with virsh"
                    ))
                continue
            }
            let isBeingMade = update.volumes.contains { $0.disk == disk } || disk == "root" && update.replacesRoot
            guard answered[owned.node]?.volumes[path] == nil, !isBeingMade else { continue }
            update.blocked.append(
                (
                    comparison.loss(field, size.description),
                    "\(path) is gone: put the file back, or remove what used it from the spec, apply, and put it back"
                ))
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
            notices.append(
                "\(instance) on \(owned.node) has \(what.joined(separator: " and ")), which kvmctl did not add and leaves"
            )
        }
    }
}

extension Comparison {
    /// Something that somebody took away: drift, whatever the mark remembers.
    fileprivate func loss(_ path: String, _ new: String) -> FieldChange {
        var field = field(path, old: nil, new: new, bootEffect)
        field.origin = .drift
        return field
    }
}

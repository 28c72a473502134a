import Spec

extension InstanceComparer {
    /// Compares what only cloud-init brings into the guest.
    func compareFirstBoot(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let policy = comparison.instance.changes
        if let live = comparison.running?.disks.first(where: { $0.name == "seed" }),
            let defined = comparison.owned.domain.definedDisk("seed"),
            live.serial != defined.serial
        {
            if policy.firstBoot == .reprovision, comparison.mayReboot {
                update.reboots = true
                update.fields.append(
                    comparison.field("seed", old: live.serial ?? "first", new: defined.serial, .reboot))
            } else {
                update.waiting.append("its new seed")
            }
        }
        guard policy.firstBoot != .ignore else { return }
        let changed = InstanceField.paths(.firstBoot).filter { path in
            guard comparison.differing.contains(path), !comparison.ignores(path) else { return false }
            // A guest without a name of its own is called like its instance.
            if path == "hostname" {
                let old = update.mark.applied[path] ?? update.mark.instance.text
                return old != comparison.wanted[path] ?? comparison.instance.name.text
            }
            // Keys that could not be read this time are not keys that were taken away.
            return path != "access.sshKeys" || comparison.wanted[path] != nil
        }
        guard !changed.isEmpty else { return }
        guard hasSeed(comparison) else {
            for path in changed {
                update.blocked.append(
                    (
                        comparison.field(path, old: comparison.applied[path], new: comparison.wanted[path], .nextBoot),
                        "it has no seed from kvmctl: make the change in the guest, or set onChange: ignore"
                    ))
            }
            return
        }
        var effect = FieldChange.Effect.nextBoot
        switch policy.firstBoot {
        case .ignore, .nextBoot: break
        case .reprovision:
            effect = comparison.bootEffect
            if comparison.mayReboot { update.reboots = true }
        case .replace:
            effect = .replace
            replaceRoot(comparison, &update, changed[0])
        }
        update.seed = .newMachine
        for path in changed {
            update.fields.append(
                comparison.field(path, old: comparison.applied[path], new: comparison.wanted[path], effect))
        }
        if let secret = comparison.instance.access.rootPassword, let why = inputs.missingSecrets[secret] {
            update.details.append("rootPassword cannot be read now: \(why)")
        }
    }

    /// Another image needs another root disk.
    func compareImage(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let policy = comparison.instance.changes
        // The mark says what the root disk stands on, whatever was applied since without making it anew.
        let old =
            comparison.owned.mark.baseImage.isEmpty ? comparison.applied["image"] : comparison.owned.mark.baseImage
        let new = comparison.wanted["image"]
        if comparison.owned.mark.phase == .replacing {
            update.details.append("an earlier run started to replace its root disk")
            replaceRoot(comparison, &update, "image")
        }
        // What was installed from a CD stands on no image.
        guard comparison.instance.installation == nil, !comparison.ignores("image"), let new, let old, old != new,
            !hasSameBytes(comparison)
        else { return }
        guard policy.image == .replace else {
            // Who wrote that it is ignored knows.
            if comparison.instance.positions["imageChange"] == nil {
                update.hasStaleRoot = true
            }
            return
        }
        update.fields.append(comparison.field("image", old: old, new: new, .replace))
        replaceRoot(comparison, &update, "image")
    }

    /// Whether the image that the root disk stands on was verified to be the spec's, under another name.
    private func hasSameBytes(_ comparison: Comparison) -> Bool {
        guard let node = answered[comparison.owned.node], let image = inputs.images[comparison.instance.image] else {
            return false
        }
        return node.baseImage(of: comparison.owned.domain).map { node.hasBytes($0, of: image) } ?? false
    }

    private func replaceRoot(_ comparison: Comparison, _ update: inout InstanceUpdate, _ path: String) {
        guard !update.replacesRoot else { return }
        let domain = comparison.owned.domain
        guard let root = domain.definedDisk("root"), hasSeed(comparison) else {
            update.blocked.append(
                (
                    comparison.field(path, old: comparison.applied[path], new: comparison.wanted[path], .replace),
                    "it has no root disk and seed from kvmctl; set imageChange: ignore and onChange: ignore"
                ))
            update.fields.removeAll { $0.effect == .replace }
            return
        }
        guard comparison.instance.installation == nil else {
            update.refuse(
                comparison, path, "it was installed from a CD, and a new root disk would be empty",
                remedy: "set onChange: ignore; to install it anew, remove it from the spec, apply, and add it again")
            return
        }
        guard !comparison.owned.mark.protect else {
            update.refuse(
                comparison, path, "it is protected, and a new root disk would discard the data on the old one",
                remedy: "set `protect: false`, apply, and try again; or set imageChange: ignore")
            return
        }
        guard !isUsedElsewhere(root.path, on: comparison.owned.node, besides: domain.uuid) else {
            update.refuse(
                comparison, path, "its root disk \(root.path) is in use elsewhere too, so it cannot be replaced",
                remedy: "remove the other user of the disk, or set imageChange: ignore")
            return
        }
        if let obstacle = comparison.owned.layersObstacle([root]) {
            update.refuse(
                comparison, path, "\(obstacle.reason), and a new root disk would discard both", remedy: obstacle.remedy)
            return
        }
        // It waits while its roles are not settled.
        let ours = comparison.owned.mark.roleTrial?.isOpen == true ? ChangeTrial.snapshots : [ChangeTrial.snapshot]
        let snapshots = domain.snapshots.filter { !ours.contains($0.name) }
        guard snapshots.isEmpty else {
            let list = snapshots.map(\.name).joined(separator: ", ")
            update.refuse(
                comparison, path, "it has snapshots (\(list)), which a new root disk would discard",
                remedy: "delete them with `kvmctl snapshot delete`, or set imageChange: ignore")
            return
        }
        if let (reason, remedy) = imageObstacle(comparison.instance) {
            update.refuse(comparison, path, reason, remedy: remedy)
            return
        }
        if let obstacle = storageProblem(of: comparison.instance, on: comparison.owned.node) {
            update.refuse(
                comparison, path, "\(comparison.owned.node): \(obstacle.reason)", remedy: obstacle.remedy)
            return
        }
        update.replacesRoot = true
        update.growths.removeAll { $0.disk == "root" }
        // It is made anew on the new image, and then goes to its new pool.
        for index in update.diskMoves.indices where update.diskMoves[index].disk == "root" {
            update.diskMoves[index].backingPath = baseImagePath(of: comparison.instance, on: comparison.owned.node)
        }
        update.seed = .newMachine
        update.mark.baseImage = comparison.wanted["image"] ?? comparison.owned.mark.baseImage
        let kept = comparison.instance.ownDisks.map(\.name.text)
        if !kept.isEmpty { update.details.append("data disks are kept: \(kept.joined(separator: ", "))") }
    }
}

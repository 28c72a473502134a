import Spec

extension InstanceComparer {
    /// The trials that were rolled back, by group: what failed on one member is not tried on the next.
    func failedTrials() -> [Name: [(trial: ChangeTrial, member: Name)]] {
        var failed: [Name: [(trial: ChangeTrial, member: Name)]] = [:]
        for instance in identities.existing {
            guard let group = instance.group, let trial = owned[instance.name]?.mark.trial,
                trial.stage == .rolledBack
            else { continue }
            failed[group, default: []].append((trial, instance.name))
        }
        return failed
    }

    /// What earlier trials mean for an instance that is wanted like this.
    func recall(
        _ instance: Instance, _ owned: OwnedDomain, wanted: [String: String],
        _ failed: [Name: [(trial: ChangeTrial, member: Name)]]
    ) -> TrialHistory {
        var memory = TrialHistory()
        func isWanted(_ trial: ChangeTrial) -> Bool {
            trial.target.allSatisfy { (wanted[$0.key] ?? "") == $0.value }
                && trial.target.contains { owned.present($0.key) ?? "" != $0.value }
        }
        if let own = owned.mark.trial {
            switch own.stage {
            case .begun, .verified, .goingBack: break
            case .made:
                memory.skipped = own.target.filter { (wanted[$0.key] ?? "") == $0.value }.keys.sorted()
            case .rolledBack:
                if isWanted(own), !options.retries {
                    memory.failed = (own, instance.name)
                } else {
                    memory.isStale = true
                }
            }
        }
        if memory.failed == nil, !options.retries, owned.mark.trial?.stage != .made {
            memory.failed = instance.group.flatMap { failed[$0]?.first { isWanted($0.trial) } }
        }
        if let failed = memory.failed { memory.skipped = failed.trial.target.keys.sorted() }
        return memory
    }

    /// Says which fields are left alone because trying them failed.
    func block(
        _ memory: TrialHistory, wanted: [String: String], _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        guard let (trial, member) = memory.failed else { return }
        let whose = member == comparison.instance.name ? "it" : "this change of \(member)"
        let why =
            "\(whose) was tried at \(trial.rolledBackAt ?? "an unknown time") and rolled back"
            + "\(trial.reason.map { ", because \($0)" } ?? ""); change the spec, or apply with --retry"
        for path in trial.target.keys.sorted() where comparison.owned.present(path) != wanted[path] {
            update.blocked.append(
                (
                    comparison.field(
                        path, old: comparison.owned.present(path), new: wanted[path],
                        effect(of: path, comparison.instance)),
                    why
                ))
        }
    }

    private func effect(of path: String, _ instance: Instance) -> FieldChange.Effect {
        switch InstanceField.field(of: path)?.effect {
        case .replace: .replace
        case .firstBoot where instance.changes.firstBoot == .replace: .replace
        default: .reboot
        }
    }

    /// Makes a risky change one that can be rolled back, where the spec asks for that.
    func prepareTrial(wanted: [String: String], _ comparison: Comparison, _ update: inout InstanceUpdate) {
        // A run that was killed between stopping it and changing it left it off: that is no reason to try less carefully.
        let begun = comparison.owned.mark.trial.flatMap { $0.stage == .begun ? $0.target : nil }
        let isUnfinished =
            begun?.allSatisfy { (wanted[$0.key] ?? "") == $0.value } ?? false && !update.isEmpty
            && comparison.owned.domain.running == nil && comparison.power == .on
        if isUnfinished { update.reboots = true }
        let risk = update.replacesRoot ? ChangePolicy.Risk.replace : .update
        let domain = comparison.owned.domain
        guard update.isDisruptive, comparison.instance.changes.snapshotBefore.contains(risk),
            comparison.owned.mark.phase == .active
        else { return }
        var trial = ChangeTrial(stage: .begun, target: isUnfinished ? begun ?? [:] : [:])
        for field in update.fields where field.effect == .reboot || field.effect == .replace {
            // A seed that waits for its boot is written already: nothing would bring the old one back.
            if field.path != "seed" { trial.target[field.path] = wanted[field.path] ?? "" }
        }
        guard !trial.target.isEmpty else { return }
        if let (reason, remedy) = domain.snapshotObstacle ?? comparison.instance.snapshotObstacle {
            update.refuse(
                comparison, "snapshotBefore", "this change needs a snapshot first, but \(reason)",
                remedy: "\(remedy), or remove `\(risk.rawValue)` from snapshotBefore")
            return
        }
        let renewed = (update.replacesRoot ? ["root"] : []) + (update.seed == .newMachine ? ["seed"] : [])
        for name in renewed {
            guard let old = domain.definedDisk(name)?.path else { continue }
            let new = InstanceComparer.otherPath(than: old)
            let isOurs = comparison.owned.mark.trial?.files.contains(new) ?? false
            if answered[comparison.owned.node]?.volumes[new] != nil, !isOurs {
                update.refuse(
                    comparison, "snapshotBefore", "\(new) exists already and does not belong to this cluster",
                    remedy: "move that file away on \(comparison.owned.node)")
                return
            }
            trial.oldFiles[name] = old
            trial.newFiles[name] = new
            update.setDisk(name, new, of: domain)
        }
        update.trial = trial
        let patience = comparison.instance.ready.timeout.components.seconds
        update.details.append(
            "a snapshot is taken first; if it is not ready within \(patience) s, the change is rolled back")
    }

    /// The name that a file has which takes another's place, and the other way round.
    static func otherPath(than path: String) -> String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let dot = path[slash...].lastIndex(of: ".") ?? path.endIndex
        let stem = path[..<dot]
        return (stem.hasSuffix("-2") ? String(stem.dropLast(2)) : "\(stem)-2") + path[dot...]
    }
}

extension OwnedDomain {
    /// What a field is now, as far as the machine itself tells; what was applied last for the others.
    fileprivate func present(_ path: String) -> String? {
        InstanceField.field(of: path).flatMap { domain.value(of: $0) } ?? mark.applied[path]
    }
}

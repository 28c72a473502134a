import Fleet
package import Reconciler
package import Spec

extension Packages {
    package static func diff(
        _ wanted: PackageRole?, _ seen: ObservedPackage?, _ context: RoleContext<Packages>
    ) -> RoleOutcome<PackageAction> {
        guard let wanted else { return removal(seen, context) }
        let inputs = PackageInputs(wanted, context.resolved)
        var outcome = RoleOutcome<PackageAction>()
        if let key = inputs.misfits.first {
            outcome.refusals.append(
                context.refusal(
                    "cannot be applied: what \(key) refers to is not what this input takes",
                    remedy: "refer to another output, or write the value", at: key))
            return outcome
        }
        if let key = inputs.values.filter({ $0.value.hasBrokenItem }).keys.min() {
            outcome.refusals.append(
                context.refusal(
                    "cannot be applied: an item of \(key) has a line break", remedy: "write it in one line", at: key))
            return outcome
        }
        let delivery = context.instance.packages.words(for: wanted.package, in: seen)
        if context.isSeen {
            outcome.fields = PackageDifference.all(inputs, seen, at: context.address).map {
                let shown = delivery.map($0.delivering) ?? $0
                return context.field(shown.path, shown.old, shown.new, shown.origin, at: shown.key)
            }
        }
        if seen?.hasHungCheck == true, outcome.fields.isEmpty {
            outcome.unknowns.append(
                context.unknown(
                    "may differ from what was applied: its check did not end within 30 s, nor within 60 s when it was asked again, so it stays as it is",
                    at: "check"))
        }
        let isApplied = !outcome.fields.isEmpty || context.isBooting
        let isDone = wanted.package.isDoneOnce && seen?.package == wanted.package.name
        if !isDone || !outcome.fields.isEmpty { noteSecrets(inputs, isApplied: isApplied, context, &outcome) }
        guard isApplied else { return outcome }
        if !outcome.fields.isEmpty, let why = failure(inputs, seen, context) {
            outcome.blocked = why
            return outcome
        }
        outcome.action = .apply(
            PackageApplication(
                role: wanted, instance: context.instance.name, resolved: context.resolved,
                seen: context.isBooting ? nil : seen, access: context.instance.access, group: context.instance.group,
                packages: context.instance.packages))
        if context.isNew {
            let place = wanted.package.hidingFolder.map { " of \($0)" } ?? ""
            outcome.detail =
                "gets the role \(context.role) (\(wanted.package.name)\(place))"
                + (delivery?.ofAll ?? "")
        } else if !context.isSeen {
            outcome.detail = "the role \(context.role) is looked after when it is up"
        }
        return outcome
    }

    /// What takes all that a role made away.
    private static func removal(
        _ seen: ObservedPackage?, _ context: RoleContext<Packages>
    ) -> RoleOutcome<PackageAction> {
        guard context.isSeen else {
            var outcome = RoleOutcome<PackageAction>(.remove)
            outcome.detail = "the role \(context.role) is removed"
            return outcome
        }
        var outcome = RoleOutcome<PackageAction>(
            .remove, fields: [context.removal(seen?.package?.text ?? "not applied")])
        outcome.blocked = failedRemoval(seen, context)
        if outcome.blocked != nil { outcome.action = nil }
        return outcome
    }

    /// Why the removal is not tried again; guests remember only one after which their disks came back.
    private static func failedRemoval(_ seen: ObservedPackage?, _ context: RoleContext<Packages>) -> String? {
        guard !context.retries else { return nil }
        if let failure = seen?.failure, failure.attempt.target == PackageDigest.removal {
            return "its removal failed\(failure.when) and was rolled back: \(failure.words); apply with --retry"
        }
        let spec = PackageDigest.spec(ofTarget: PackageDigest.removal)
        guard let other = context.failedElsewhere.first(where: { $0.spec == spec }) else { return nil }
        return "its removal failed on \(other.instance) and was rolled back; apply with --retry"
    }

    /// Says what a secret that cannot be read now keeps from being done.
    private static func noteSecrets(
        _ inputs: PackageInputs, isApplied: Bool, _ context: RoleContext<Packages>,
        _ outcome: inout RoleOutcome<PackageAction>
    ) {
        for (key, secret) in inputs.secrets.sorted(by: { $0.key < $1.key }) {
            guard let why = context.inputs.missingSecrets[secret] else { continue }
            let consequence =
                isApplied ? "is a secret that is missing: apply begins nothing until it is there" : "is not compared"
            outcome.notices.append("\(context.role).\(key) of \(context.object) \(consequence): \(why)")
        }
    }

    /// Why the same is not tried again; nil where it was never tried, or shall be.
    private static func failure(
        _ inputs: PackageInputs, _ seen: ObservedPackage?, _ context: RoleContext<Packages>
    ) -> String? {
        // What is known in the step only may be another than what failed.
        guard !context.retries, !inputs.values.keys.contains(where: inputs.isPending) else { return nil }
        let remedy = "change the spec, or apply with --retry"
        let target = inputs.target
        if let failure = seen?.failure, failure.attempt.target == target {
            guard !failure.secrets.values.contains(false) else { return nil }
            return "it failed\(failure.when) and was rolled back: \(failure.words); \(remedy)"
        }
        let spec = PackageDigest.spec(ofTarget: target)
        guard let other = context.failedElsewhere.first(where: { $0.spec == spec }) else { return nil }
        // Its line says why: what it says itself is not repeated for others.
        return "it failed on \(other.instance) and was rolled back; \(remedy)"
    }
}

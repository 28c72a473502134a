import Spec

extension OutcomeReading {
    /// What the spec says of power, autostart and protection; what maintenance stops is to run all the same.
    private func settings(of instance: Instance) -> [String] {
        InstanceField.paths(.setting).filter { $0 != "power" || stopReasons[instance.name] == nil }
    }

    /// Whether a setting that this plan changes would be remembered as it was before.
    func forgetsSettings(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        let fields = instance.fields(inputs: inputs)
        return settings(of: instance).contains { path in
            owned.mark.applied[path].map { $0 != fields[path] } ?? false && !instance.changes.ignores(path)
        }
    }

    /// What the spec says of an instance that is updated.
    private func asked(_ work: UpdateWork) -> [String: String] {
        work.update.asked.isEmpty ? work.instance.fields(inputs: inputs) : work.update.asked
    }

    /// What the mark remembers afterwards: what is ignored or could not be changed stays as it was.
    func recorded(_ work: UpdateWork) -> [String: String] {
        var fields = asked(work)
        let old = work.update.mark.applied
        let policy = work.instance.changes
        func keep(_ path: String) { fields[path] = old[path] }
        if !policy.ignored.isEmpty {
            for path in Set(fields.keys).union(old.keys) where policy.ignores(path) { keep(path) }
        }
        for path in work.update.blocked.map(\.field.path) { keep(path) }
        if stopReasons[work.instance.name] != nil { keep("power") }
        if policy.image == .ignore { keep("image") }
        if fields["image"] == nil { keep("image") }
        if policy.firstBoot == .ignore {
            for path in InstanceField.paths(.firstBoot) where old[path] != nil { keep(path) }
        }
        // What a role made stays in the guest until it is cleared away there.
        let roles = work.instance.markedRoles.union(MarkedRole.all(in: old))
        return MarkedRole.remember(roles, in: fields)
    }

    /// A word for the content that cloud-init would take for another machine's; the old one where it stays.
    func revision(_ work: UpdateWork, isNewMachine: Bool) -> String {
        let old = work.owned.domain.definedDisk("seed")?.serial ?? ""
        guard isNewMachine else { return old }
        let fields = asked(work)
        let text = InstanceField.paths(.firstBoot, .replace)
            .map { "\($0)=\(fields[$0] ?? "")" }.joined(separator: "\n")
        return String(StableHash.digest("\(old)\n\(text)").prefix(16))
    }
}

import Spec

extension Draft {
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

    /// Records settings that were changed, so that the next edit of them is an edit and not drift.
    ///
    /// Only with a change that is made anyway: that a record is old is no difference by itself.
    mutating func recordSettings(_ instance: Instance, _ owned: OwnedDomain, _ chain: inout Chain) {
        guard chain.last != nil, let update = updates[instance.name], update.isEmpty, forgetsSettings(instance, owned)
        else { return }
        let work = UpdateWork(instance: instance, owned: owned, update: update)
        add(work.step("record", .record(recorded(work)), &chain))
    }
}

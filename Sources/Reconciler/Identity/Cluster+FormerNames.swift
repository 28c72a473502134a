package import Spec

extension Cluster {
    /// What an instance was called before: what the spec says, or for the first member of a group the group's own name.
    package func formerName(of instance: Instance) -> Name? {
        let old = instance.renamedFrom ?? (instance.member == 1 ? instance.group : nil)
        guard let old, old != instance.name, instances[old] == nil else { return nil }
        return old
    }
}

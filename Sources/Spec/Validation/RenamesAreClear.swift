extension Rule {
    /// A name that an instance had before is nobody's now, and one instance's at most.
    static let renamesAreClear = Rule { cluster in
        var claims: [Name: Name] = [:]
        let groups = Set(cluster.instances.values.compactMap(\.group))
        return cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            guard let old = instance.renamedFrom, let place = instance.positions["renamedFrom"] else { return [] }
            var found: [Diagnostic] = []
            if cluster.instances[old] != nil {
                found.append(
                    Diagnostic(
                        at: place, "\"\(instance.name)\" was renamed from \"\(old)\", which is in the spec too",
                        remedy: "remove renamedFrom, or the instance \"\(old)\""))
            }
            if groups.contains(old), old != instance.group {
                found.append(
                    Diagnostic(
                        at: place, "\"\(instance.name)\" was renamed from \"\(old)\", which is a group in the spec",
                        remedy: "remove renamedFrom; to rename its last member, lower count: by one"
                    ))
            }
            if let other = claims.updateValue(instance.name, forKey: old) {
                found.append(
                    Diagnostic(
                        at: place, "\"\(instance.name)\" and \"\(other)\" were both renamed from \"\(old)\"",
                        remedy: "write renamedFrom for one of them; in a group, below members:"))
            }
            return found
        }
    }
}

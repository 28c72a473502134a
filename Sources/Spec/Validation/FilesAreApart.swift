extension Rule {
    /// No two roles of an instance have one file of its guest.
    static let filesAreApart = Rule { cluster in
        cluster.orderedInstances.filter { $0.roles.count > 1 }.flatMap { instance -> [Diagnostic] in
            var holders: [String: (role: Name, place: Position)] = [:]
            var found: [Diagnostic] = []
            for (name, role) in instance.roles.sorted(by: { $0.key < $1.key }) where role.isWhole {
                let path = role.path(named: name)
                for file in role.files(named: name) {
                    let place = instance.position(of: path, file.key)
                    guard let holder = holders[file.path] else {
                        holders[file.path] = (role: name, place: place)
                        continue
                    }
                    if holder.role == name { continue }
                    // All files of a package would be said to be one too many, and nobody can take them from it.
                    if file.key.isEmpty, let other = instance.roles[holder.role], other.word == role.word {
                        found.append(
                            Diagnostic(
                                at: place,
                                "\(path): the role \(holder.role) is of the package \(role.word) as well, which has "
                                    + "\(file.path) in both",
                                remedy: "give one of the roles to another instance",
                                related: .init("the other role", at: holder.place)))
                        break
                    }
                    found.append(
                        Diagnostic(
                            at: place, "\(path): the role \(holder.role) already has the file \(file.path)",
                            remedy: "take it from one of them", related: .init("it is here", at: holder.place)))
                }
            }
            return found
        }
    }
}

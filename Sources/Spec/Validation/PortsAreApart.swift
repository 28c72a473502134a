extension Rule {
    /// No two roles of an instance claim one port of its guest.
    static let portsAreApart = Rule { cluster in
        cluster.orderedInstances.filter { $0.roles.count > 1 }.flatMap { instance -> [Diagnostic] in
            var holders: [String: (role: Name, place: Position)] = [:]
            var found: [Diagnostic] = []
            for (name, role) in instance.roles.sorted(by: { $0.key < $1.key }) where role.isWhole {
                let path = role.path(named: name)
                for port in role.ports {
                    let place = instance.position(of: path, port.key)
                    guard let holder = holders[port.claim] else {
                        holders[port.claim] = (role: name, place: place)
                        continue
                    }
                    // One role may name a port twice.
                    if holder.role == name { continue }
                    let key = port.key.isEmpty ? path : "\(path).\(port.key)"
                    found.append(
                        Diagnostic(
                            at: place,
                            "\(key): the role \(holder.role) already uses the port \(port.claim)",
                            remedy: "give one of them another port", related: .init("its port", at: holder.place)))
                }
            }
            return found
        }
    }
}

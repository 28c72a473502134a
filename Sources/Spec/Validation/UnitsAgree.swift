extension Rule {
    /// No two roles of an instance want a unit of its guest otherwise.
    static let unitsAgree = Rule { cluster in
        cluster.orderedInstances.filter { $0.roles.count > 1 }.flatMap { instance -> [Diagnostic] in
            var holders: [String: (role: Name, unit: RoleUnit, place: Position)] = [:]
            var found: [Diagnostic] = []
            for (name, role) in instance.roles.sorted(by: { $0.key < $1.key }) {
                let path = role.path(named: name)
                let place = instance.position(of: path, "")
                for unit in role.units(named: name) {
                    guard let holder = holders[unit.name] else {
                        holders[unit.name] = (role: name, unit: unit, place: place)
                        continue
                    }
                    guard !holder.unit.agrees(with: unit) else { continue }
                    found.append(
                        Diagnostic(
                            at: place,
                            "\(path): it wants \(unit.name) to \(unit.wish), and the role \(holder.role) wants it to "
                                + holder.unit.wish,
                            remedy: "give them to two instances", related: .init("the other role", at: holder.place)))
                }
            }
            return found
        }
    }
}

extension RoleUnit {
    /// How it is wanted, after `to`.
    fileprivate var wish: String {
        isRunning ? isEnabled ? "run" : "run without starting with its guest" : "be stopped"
    }
}

package import Spec

/// A role that the mark of a domain remembers, whether the spec still has it or not.
///
/// A mark remembers a role from before it is made in the guest until it was cleared away there. A name can have two kinds
/// meanwhile: the one that it had, and the one that it is to have.
package struct MarkedRole: Sendable, Hashable, Comparable {
    /// How the paths of roles begin among what a mark remembers.
    private static let prefix = "roles."

    package var name: Name
    package var kind: RoleKey

    package init(name: Name, kind: RoleKey) {
        self.name = name
        self.kind = kind
    }

    var path: String { MarkedRole.prefix + name.text }

    package static func < (one: MarkedRole, other: MarkedRole) -> Bool {
        (one.name, one.kind) < (other.name, other.kind)
    }

    /// The roles that a mark remembers, sorted by name.
    package static func all(in mark: DomainMark) -> [MarkedRole] { all(in: mark.applied) }

    /// The roles among what is applied, sorted by name.
    static func all(in applied: [String: String]) -> [MarkedRole] {
        applied.flatMap { path, kinds -> [MarkedRole] in
            guard path.hasPrefix(prefix), let name = Name(String(path.dropFirst(prefix.count))) else { return [] }
            return kinds.split(separator: " ").map { MarkedRole(name: name, kind: RoleKey(String($0))) }
        }.sorted()
    }

    /// What is applied, with these roles and no others.
    package static func remember(_ roles: Set<MarkedRole>, in applied: [String: String]) -> [String: String] {
        var result = applied
        for path in applied.keys where path.hasPrefix(prefix) { result[path] = nil }
        add(roles, to: &result)
        return result
    }

    /// Adds roles to what is applied, which has none yet.
    static func add(_ roles: Set<MarkedRole>, to applied: inout [String: String]) {
        for role in roles.sorted() {
            applied[role.path] = [applied[role.path], role.kind.text].compactMap(\.self).joined(separator: " ")
        }
    }
}

extension Instance {
    /// The roles that the spec gives it, as a mark remembers them.
    var markedRoles: Set<MarkedRole> {
        Set(roles.map { MarkedRole(name: $0.key, kind: $0.value.key) })
    }
}

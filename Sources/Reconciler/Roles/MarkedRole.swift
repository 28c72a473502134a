package import Spec

/// A role that the mark of a domain remembers, whether the spec still has it or not.
package struct MarkedRole: Sendable, Hashable {
    /// How the paths of roles begin among what a mark remembers.
    static let prefix = "roles."

    package var name: Name
    package var kind: RoleKey

    package init(name: Name, kind: RoleKey) {
        self.name = name
        self.kind = kind
    }

    var path: String { MarkedRole.prefix + name.text }

    /// The roles that a mark remembers, sorted by name.
    package static func all(in mark: DomainMark) -> [MarkedRole] {
        mark.applied.compactMap { path, kind in
            guard path.hasPrefix(prefix), let name = Name(String(path.dropFirst(prefix.count))) else { return nil }
            return MarkedRole(name: name, kind: RoleKey(kind))
        }.sorted { $0.name < $1.name }
    }
}

package import Spec

/// Roles that need no code of kvmctl's own: what one is, its package says.
package enum Packages: PackagedRoleLanguage {
    package static let key: RoleKey = "package"
    package static let summary = "A role that a package makes."
    package static let example = "{}"

    package static func check(_ roles: [PlacedRole<PackageRole>]) -> [Diagnostic] { [] }
}

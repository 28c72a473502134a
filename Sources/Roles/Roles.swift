package import Spec

/// The kinds of roles that kvmctl has.
package enum Roles {
    /// Every kind, in the order in which the reference shows them.
    private static let all: [any RoleLanguage.Type] = [
        GitWeb.self
    ]

    /// What a spec may use.
    package static let languages = RoleLanguages(all)
}

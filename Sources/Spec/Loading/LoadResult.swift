/// What came of loading a spec.
package struct LoadResult: Sendable {
    /// The spec; nil if there is any error, so that a wrong one goes nowhere.
    package let cluster: Cluster?
    /// Everything there is to say, in the order of the files' lines, nothing twice.
    package let diagnostics: [Diagnostic]
    /// The kinds of roles that instances may have, with the packages beside the spec.
    package let roles: RoleLanguages

    /// Those that made the spec unusable.
    package var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    package var warnings: [Diagnostic] { diagnostics.filter { $0.severity == .warning } }
}

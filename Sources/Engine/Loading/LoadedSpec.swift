package import Spec

/// The spec of a run as it was read, with the lines of its files for messages.
package struct LoadedSpec: Sendable {
    /// Nil where there is any error.
    package var cluster: Cluster?
    package var diagnostics: [Diagnostic]
    /// The lines of every file that was read, by its name.
    package var sources: [String: [String]]
    /// The kinds of roles that instances may have, with the packages beside the spec; nil where a file could not be
    /// read.
    package var roles: RoleLanguages?

    /// The same with more to say; it cannot be used any more if an error is among it.
    package func adding(_ more: [Diagnostic]) -> LoadedSpec {
        var spec = self
        spec.diagnostics = Diagnostic.inOrder(diagnostics + more)
        if more.contains(where: { $0.severity == .error }) { spec.cluster = nil }
        return spec
    }

    /// What is wrong with packages beside the spec that no role uses: nothing that the spec cannot be used for.
    package var unusedPackages: [Diagnostic] {
        let problems = roles?.catalogue.diagnostics ?? []
        return problems.filter { !diagnostics.contains($0) }.map(\.warning)
    }
}

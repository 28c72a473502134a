import Spec

/// The spec of a run as it was read, with the lines of its files for messages.
struct LoadedSpec: Sendable {
    /// Nil where there is any error.
    var cluster: Cluster?
    var diagnostics: [Diagnostic]
    /// The lines of every file that was read, by its name.
    var sources: [String: [String]]

    /// Everything there is to say about it.
    var view: DiagnosticsView { DiagnosticsView(diagnostics: diagnostics, sources: sources) }
}

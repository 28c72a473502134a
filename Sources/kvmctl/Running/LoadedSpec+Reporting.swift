import ArgumentParser
import Engine
import Formats
import Reconciler
import Spec

extension LoadedSpec {
    /// Loads the spec and says on standard error what is to be said about it.
    ///
    /// - Parameter reportsJSON: whether a program reads standard output: it gets the complaints, too, if there is an error.
    /// - Throws: exit code 3 where the spec cannot be used.
    static func required(
        _ options: SpecOptions, _ appearance: AppearanceOptions, reportsJSON: Bool, in surroundings: Surroundings
    ) throws -> (spec: LoadedSpec, cluster: Cluster) {
        let spec = SpecReader.load(options.request, home: surroundings.home)
        guard let cluster = spec.cluster else {
            try spec.refuse(appearance, reportsJSON: reportsJSON, in: surroundings)
        }
        surroundings.errorOutput(
            spec.view.text(style: surroundings.errorStyle(refusesColour: appearance.refusesColour)))
        return (spec, cluster)
    }

    /// Says what is wrong.
    ///
    /// - Throws: always, with exit code 3.
    func refuse(_ appearance: AppearanceOptions, reportsJSON: Bool, in surroundings: Surroundings) throws -> Never {
        surroundings.errorOutput(view.text(style: surroundings.errorStyle(refusesColour: appearance.refusesColour)))
        if reportsJSON { surroundings.output(view.value.json) }
        throw ExitCode(.specInvalid)
    }

    /// Everything there is to say about it.
    var view: DiagnosticsView { DiagnosticsView(diagnostics: diagnostics, sources: sources) }
}

extension PreparedSpec {
    /// Loads the spec with what it needs from outside, and says on standard error what is to be said about it.
    ///
    /// - Throws: exit code 3 where the spec cannot be used.
    static func required(
        _ options: SpecOptions, reportsJSON: Bool, in context: RunContext
    ) async throws -> (cluster: Cluster, inputs: Inputs) {
        let prepared = await PreparedSpec.load(options.request, in: context.environment)
        guard let cluster = prepared.spec.cluster else {
            try prepared.spec.refuse(context.appearance, reportsJSON: reportsJSON, in: context.surroundings)
        }
        context.surroundings.errorOutput(prepared.spec.view.text(style: context.errorStyle))
        return (cluster, prepared.inputs)
    }
}

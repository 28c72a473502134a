import ArgumentParser
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

    /// The same with more to say; it cannot be used any more if an error is among it.
    func adding(_ more: [Diagnostic]) -> LoadedSpec {
        var spec = self
        spec.diagnostics = Diagnostic.inOrder(diagnostics + more)
        if more.contains(where: { $0.severity == .error }) { spec.cluster = nil }
        return spec
    }
}

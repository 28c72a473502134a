import Reconciler
import Spec

/// A spec and everything it needs from outside, ready to be planned with.
struct Preparation: Sendable {
    let cluster: Cluster
    let inputs: Inputs

    /// Loads the spec and resolves what it needs; nothing is contacted.
    ///
    /// - Throws: exit code 3, after saying everything that is wrong, where the spec cannot be used.
    static func load(_ options: SpecOptions, reportsJSON: Bool, in context: RunContext) throws -> Preparation {
        let surroundings = context.surroundings
        let loaded = SpecReader.load(options.request, home: surroundings.home)
        guard let cluster = loaded.cluster else {
            try loaded.refuse(context.appearance, reportsJSON: reportsJSON, in: surroundings)
        }
        let resolution = InputResolver(environment: surroundings.environment, secrets: context.secrets)
            .resolve(cluster)
        let complete = loaded.adding(resolution.diagnostics)
        guard complete.cluster != nil else {
            try complete.refuse(context.appearance, reportsJSON: reportsJSON, in: surroundings)
        }
        surroundings.errorOutput(complete.view.text(style: context.errorStyle))
        return Preparation(cluster: cluster, inputs: resolution.inputs)
    }
}

package import Reconciler
import Spec

/// A spec as it was read, and everything it needs from outside, ready to be planned with.
package struct PreparedSpec: Sendable {
    /// What is to be said of the spec and of what it names; its cluster is nil where it cannot be used.
    package let spec: LoadedSpec
    package let inputs: Inputs

    /// Loads the spec and resolves what it needs; no node is contacted.
    ///
    /// Blocks on the disk: large images are hashed.
    package static func load(_ request: SpecRequest, in environment: RunEnvironment) async -> PreparedSpec {
        let loaded = SpecReader.load(request, home: environment.home)
        guard let cluster = loaded.cluster else { return PreparedSpec(spec: loaded, inputs: Inputs()) }
        let resolution = await environment.resolver.resolution(of: cluster)
        return PreparedSpec(spec: loaded.adding(resolution.diagnostics), inputs: resolution.inputs)
    }
}

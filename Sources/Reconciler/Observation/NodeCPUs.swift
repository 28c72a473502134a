/// What a node can give its guests as their CPU.
package struct NodeCPUs: Sendable, Hashable {
    /// Words of the spec that are no model, but leave it to the node.
    package static let modes: Set<String> = ["host-model", "host-passthrough"]

    /// Of `modes`, those that work there: without KVM there is no CPU to pass through.
    package var modes: Set<String>
    /// Every model that libvirt knows there, sorted.
    package var models: [String]

    package init(modes: Set<String>, models: [String]) {
        self.modes = modes
        self.models = models
    }
}

package import Spec

/// What kvmctl writes into a network's `<metadata>`.
package struct NetworkMark: Sendable, Equatable {
    package var cluster: ClusterIdentity
    package var part: Name
    package var network: Name
    package var uuid: UniqueID
    /// The effective spec as last applied, by field path.
    package var applied: [String: String]
    /// How its node carries it to others; nil where each node has a network of its own.
    package var overlay: Overlay?

    package init(
        cluster: ClusterIdentity, part: Name, network: Name, uuid: UniqueID, applied: [String: String],
        overlay: Overlay? = nil
    ) {
        self.cluster = cluster
        self.part = part
        self.network = network
        self.uuid = uuid
        self.applied = applied
        self.overlay = overlay
    }
}

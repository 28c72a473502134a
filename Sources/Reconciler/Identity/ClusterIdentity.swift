package import Spec

/// What tells one cluster's things from another's on a shared node.
package struct ClusterIdentity: Sendable, Hashable {
    package let name: Name
    /// The spec's `id:`, for two clusters that happen to share a name.
    package let id: String?

    package init(name: Name, id: String? = nil) {
        self.name = name
        self.id = id
    }

    /// Both in one text.
    package var text: String { id.map { "\(name)#\($0)" } ?? name.text }
}

extension ClusterIdentity {
    package init(_ cluster: Cluster) {
        self.init(name: cluster.name, id: cluster.id)
    }
}

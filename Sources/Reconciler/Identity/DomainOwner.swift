package import Spec

/// Whose a domain is, as its mark and name say.
package enum DomainOwner: Sendable, Hashable {
    /// This cluster's, by its mark.
    case cluster(part: Name, instance: Name)
    /// Another cluster's, or one of the same name with another `id:`.
    case otherCluster(ClusterIdentity, part: Name, instance: Name)
    /// It is named or identified as one of this cluster's and has no valid mark of it; why.
    case lookalike(String)
    /// Anybody's; why.
    case foreign(String)

    /// Whose the domain is, as seen by a cluster.
    package init(of domain: ObservedDomain, in cluster: ClusterIdentity) {
        if let mark = domain.mark, mark.uuid == domain.uuid {
            self =
                mark.cluster == cluster
                ? .cluster(part: mark.part, instance: mark.instance)
                : .otherCluster(mark.cluster, part: mark.part, instance: mark.instance)
            return
        }
        let why = domain.markProblem ?? "it has no mark"
        self = domain.name.hasPrefix("\(cluster.name).") ? .lookalike(why) : .foreign(why)
    }
}

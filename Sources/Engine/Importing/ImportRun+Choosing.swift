import Fleet
import Reconciler
import Spec

/// Which domain is meant, and what it becomes.
extension ImportRun {
    /// The domain and its node.
    ///
    /// - Throws: where it is not there, or cannot be adopted.
    func find(_ cluster: Cluster, _ observed: ObservedFleet) throws(RunFailure) -> (
        ObservedNode, ObservedDomain
    ) {
        switch observed.nodes[node] {
        case .answered(let place):
            guard let found = place.domains.first(where: { $0.name == domain || $0.uuid.text == domain.lowercased() })
            else {
                let near = NearMiss.of(domain, in: place.domains.map(\.name))
                throw RunFailure(
                    "There is no domain \(domain) on \(node).",
                    remedy: near.map { "Did you mean \($0)?" } ?? "kvmctl get domains --all lists them.")
            }
            try refuseWhatCannotBeAdopted(found, cluster)
            return (place, found)
        case .unknown(let cause): throw RunFailure(cause.summary, remedy: cause.remedy, .nodeUnreachable)
        case .notContacted, nil:
            throw RunFailure(
                "There is no node \(node) that kvmctl contacts.",
                remedy: "The spec has \(cluster.nodes.keys.sorted().map(\.text).joined(separator: ", ")).", .usage)
        }
    }

    private func refuseWhatCannotBeAdopted(_ found: ObservedDomain, _ cluster: Cluster) throws(RunFailure) {
        switch DomainOwner(of: found, in: ClusterIdentity(cluster)) {
        case .cluster(let part, let instance):
            throw RunFailure(
                "\(found.name) is this cluster's instance \(instance) (part \(part)) already.", remedy: nil, .refused)
        case .otherCluster(let other, _, let instance):
            throw RunFailure(
                "\(found.name) is the instance \(instance) of cluster \(other.name).",
                remedy: "Remove it there first, or leave it to that cluster.", .refused)
        case .lookalike, .foreign: break
        }
        if let problem = found.markProblem {
            throw RunFailure(
                "\(found.name) has an invalid mark: \(problem).",
                remedy: "If it is a clone, remove the copied mark on \(node): virsh metadata \(found.name) "
                    + "--uri \(MarkFormat.namespace) --remove --config", .refused)
        }
        guard found.isPersistent else {
            throw RunFailure(
                "\(found.name) is transient: it runs without a definition, and disappears when it stops.",
                remedy: "On \(node): virsh dumpxml \(found.name) > x.xml && virsh define x.xml; then import it.",
                .refused)
        }
    }

    /// What the instance is called.
    ///
    /// - Throws: where no name was found, or it is taken.
    func chosenName(_ found: ObservedDomain, _ cluster: Cluster, _ observed: ObservedFleet) throws(RunFailure)
        -> Name
    {
        let prefix = "\(cluster.name)."
        let text = found.name.hasPrefix(prefix) ? String(found.name.dropFirst(prefix.count)) : found.name
        guard let name = choice.instance ?? AdoptedDomain.name(from: text) else {
            throw RunFailure("\(found.name) is not a valid name.", remedy: "Choose one with --as NAME.", .usage)
        }
        let identity = ClusterIdentity(cluster)
        let holder = observed.answeredNodes.first { node in
            node.domains.contains { $0.mark?.cluster == identity && $0.mark?.instance == name }
        }
        if let holder {
            throw RunFailure(
                "\(holder.name) has an instance \(name) already.", remedy: "Choose another name with --as NAME.",
                .refused)
        }
        if let entry = observed.roster(of: identity)?.instances[name], observed.unknownNodes.contains(entry.node) {
            throw RunFailure(
                "\(entry.node) does not answer and may hold an instance \(name).",
                remedy: "Choose another name with --as NAME.", .refused)
        }
        if let there = cluster.instances[name] {
            guard there.isAdopted else {
                throw RunFailure(
                    "The spec has an instance \(name) already (\(there.position)).",
                    remedy: "Choose another name with --as NAME.", .refused)
            }
            throw RunFailure(
                "The spec has the adopted instance \(name) already (\(there.position)).",
                remedy: "Take it out of the spec for this import, or choose another name with --as NAME.", .refused)
        }
        return name
    }

    /// The part that it belongs to.
    ///
    /// - Throws: where the spec has several, or not that one.
    func chosenPart(_ cluster: Cluster) throws(RunFailure) -> Name {
        if let part = choice.part {
            guard cluster.parts.contains(part) else {
                throw RunFailure(
                    "The files of this run have no part \(part).",
                    remedy: "They have \(cluster.parts.sorted().map(\.text).joined(separator: ", ")).", .usage)
            }
            return part
        }
        guard let only = cluster.parts.first, cluster.parts.count == 1 else {
            throw RunFailure(
                "The files of this run have several parts.", remedy: "Choose one with --part NAME.", .usage)
        }
        return only
    }
}

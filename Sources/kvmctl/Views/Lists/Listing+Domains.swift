import Formats
import Reconciler
import Spec

extension Listing {
    /// The domains on the nodes and whose they are.
    ///
    /// - Parameter isWhole: everybody's; else only what this cluster's marks or names claim.
    static func domains(_ cluster: Cluster, _ fleet: ObservedFleet, isWhole: Bool) -> Listing {
        let identity = ClusterIdentity(cluster)
        var rows: [Row] = []
        for node in fleet.answeredNodes {
            for domain in node.domains.sorted(by: { $0.name < $1.name }) {
                let owner = DomainOwner(of: domain, in: identity)
                if !isWhole {
                    switch owner {
                    case .cluster, .lookalike: break
                    case .otherCluster, .foreign: continue
                    }
                }
                rows.append(row(domain, owner, on: node.name))
            }
        }
        return Listing(
            kind: "domains",
            columns: [
                .init("NODE"), .init("DOMAIN"), .init("POWER"), .init("OWNER"), .init("PART"), .init("INSTANCE"),
                .init("REASON"), .init("VCPUS", wide: true), .init("MEMORY", wide: true), .init("DISKS", wide: true),
                .init("SNAPSHOTS", wide: true), .init("UUID", wide: true),
            ], rows: rows, unknownNodes: fleet.unknownNodes)
    }

    private static func row(_ domain: ObservedDomain, _ owner: DomainOwner, on node: Name) -> Row {
        let words = OwnerWords(owner)
        let cells: [Span] = [
            Span(node.text), Span(domain.name, .strong), Span(domain.power.words), Span(words.owner, words.ink),
            Span(words.part ?? "-"), Span(words.instance ?? "-"), Span(words.reason ?? "-"), Span("\(domain.vcpus)"),
            Span(domain.memory.description), Span("\(domain.disks.count)"), Span("\(domain.snapshots.count)"),
            Span(domain.uuid.text),
        ]
        return Row(
            "\(node)/\(domain.name)", cells: cells,
            value: [
                "node": .text(node.text), "name": .text(domain.name), "uuid": .text(domain.uuid.text),
                "power": .text(domain.power.words), "owner": .text(words.kind), "cluster": .optional(words.cluster),
                "clusterId": .optional(words.clusterID), "part": .optional(words.part),
                "instance": .optional(words.instance), "reason": .optional(words.reason),
                "adopted": .boolean(domain.mark?.isAdopted ?? false), "persistent": .boolean(domain.isPersistent),
                "autostart": .boolean(domain.autostart), "vcpus": .count(domain.vcpus),
                "memory": .bytes(domain.memory.bytes), "disks": .texts(domain.disks.map(\.path)),
                "snapshots": .texts(domain.snapshots.map(\.name)),
            ])
    }
}

/// An owner in words, for people and programs.
private struct OwnerWords {
    /// For programs: `thisCluster`, `otherCluster`, `lookalike` or `foreign`.
    var kind: String
    var owner: String
    var ink: Ink?
    var cluster: String?
    var clusterID: String?
    var part: String?
    var instance: String?
    var reason: String?

    init(_ owner: DomainOwner) {
        switch owner {
        case .cluster(let part, let instance):
            (kind, self.owner, ink) = ("thisCluster", "this cluster", .addition)
            (self.part, self.instance) = (part.text, instance.text)
        case .otherCluster(let other, let part, let instance):
            (kind, self.owner) = ("otherCluster", "cluster \(other.name)\(other.id.map { " (\($0))" } ?? "")")
            (cluster, clusterID) = (other.name.text, other.id)
            (self.part, self.instance) = (part.text, instance.text)
        case .lookalike(let why):
            (kind, self.owner, ink, reason) = ("lookalike", "look-alike", .change, why)
        case .foreign(let why):
            (kind, self.owner, ink, reason) = ("foreign", "foreign", .quiet, why)
        }
    }
}

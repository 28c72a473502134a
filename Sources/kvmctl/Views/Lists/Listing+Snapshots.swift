import Formats
import Foundation
import Reconciler
import Spec

extension Listing {
    /// The snapshots of the cluster's instances, or of one.
    static func snapshots(_ cluster: Cluster, _ fleet: ObservedFleet, of instance: String?) -> Listing {
        let identity = ClusterIdentity(cluster)
        var rows: [Row] = []
        for node in fleet.answeredNodes {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity,
                    instance == nil || mark.instance.text == instance
                else { continue }
                rows += domain.snapshots.map { row($0, of: mark.instance, on: node.name) }
            }
        }
        return Listing(
            kind: "snapshots",
            columns: [
                .init("INSTANCE"), .init("SNAPSHOT"), .init("TAKEN"), .init("HOLDS"), .init("CURRENT"),
                .init("REVERTS"), .init("TAKEN BY", wide: true), .init("NODE", wide: true),
            ], rows: rows.sorted { $0.name < $1.name }, unknownNodes: fleet.unknownNodes)
    }

    private static func row(_ snapshot: ObservedDomain.Snapshot, of instance: Name, on node: Name) -> Row {
        let taken = snapshot.takenAt
        return Row(
            "\(instance)/\(snapshot.name)",
            cells: [
                Span(instance.text), Span(snapshot.name, .strong), Span(taken ?? "-"),
                Span(snapshot.hasMemory ? "disks, memory" : "disks"), Span(snapshot.isCurrent ? "yes" : "-"),
                Span(snapshot.isExternal ? "no: external snapshot" : "yes", snapshot.isExternal ? .alarm : nil),
                Span(ChangeTrial.snapshots.contains(snapshot.name) ? "kvmctl, before a change" : "-"), Span(node.text),
            ],
            value: [
                "instance": .text(instance.text), "name": .text(snapshot.name), "node": .text(node.text),
                "takenAt": .optional(taken), "hasMemory": .boolean(snapshot.hasMemory),
                "isCurrent": .boolean(snapshot.isCurrent), "isExternal": .boolean(snapshot.isExternal),
                "isBeforeChange": .boolean(ChangeTrial.snapshots.contains(snapshot.name)),
            ])
    }
}

extension ObservedDomain.Snapshot {
    /// When it was taken, as a date of UTC; nil where libvirt does not say.
    var takenAt: String? {
        madeAt.map { Date(timeIntervalSince1970: TimeInterval($0)).ISO8601Format() }
    }
}

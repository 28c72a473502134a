import Formats
import Foundation
import Reconciler
import Spec

extension Listing {
    /// The roles of the cluster's instances: what guests say of those that the spec wants, and of those that left it.
    ///
    /// With `labels`, those of the instances alone that have all of them.
    static func roles(_ cluster: Cluster, _ fleet: ObservedFleet, with labels: [String: String] = [:]) -> Listing {
        let healths = FleetHealth(cluster, fleet)
        let rows = healths.instances.flatMap { instance -> [Row] in
            let place = healths.place(of: instance)
            guard matches(cluster.instances[instance]?.labels ?? place?.domain.mark?.labels ?? [:], labels) else {
                return []
            }
            return healths.roles(of: instance).sorted { $0.key < $1.key }.map { role, state in
                row(instance, role, state, on: place?.node.name)
            }
        }
        return Listing(
            kind: "roles",
            columns: [
                .init("INSTANCE"), .init("ROLE"), .init("PACKAGE"), .init("STATE"), .init("HEALTH"), .init("SINCE"),
                .init("OUTPUTS"), .init("NODE", wide: true),
            ], rows: rows, unknownNodes: fleet.unknownNodes)
    }

    private static func row(_ instance: Name, _ role: Name, _ state: RoleState, on node: Name?) -> Row {
        Row(
            "\(instance)/\(role)",
            cells: [Span(instance.text, .strong), Span(role.text)] + state.spans + [Span(node?.text ?? "-")],
            value: .known([("instance", .text(instance.text)), ("node", .optional(node?.text))] + state.entries(role)))
    }
}

extension RoleState {
    /// Its package, state, health with the reason, age and outputs, for tables.
    var spans: [Span] {
        let words = health.reason.isEmpty ? health.status.rawValue : "\(health.status.rawValue): \(health.reason)"
        return [
            Span(word), Span(stage.rawValue, stage == .applied ? nil : .change), Span(words, health.span.ink),
            Span(sinceDate ?? "-"), Span(outputWords),
        ]
    }

    /// The same for programs.
    func entries(_ role: Name) -> [(String, StructuredValue?)] {
        [
            ("role", .text(role.text)), ("package", .text(word)), ("state", .text(stage.rawValue)),
            ("health", .text(health.status.rawValue)), ("healthReason", .text(health.reason)),
            ("since", .optional(sinceDate)), ("outputs", .labels(outputs)),
        ]
    }

    /// As a date of UTC; nil where the guest does not say, or says what is none.
    private var sinceDate: String? {
        guard let since, since < 1 << 40 else { return nil }
        return Date(timeIntervalSince1970: TimeInterval(since)).ISO8601Format()
    }

    private var outputWords: String {
        let words = outputs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return words.isEmpty ? "-" : words.count > 80 ? "\(words.prefix(79))…" : words
    }
}

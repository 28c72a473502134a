import Formats
import Foundation
import Reconciler
import Roles
import Spec

extension Listing {
    /// The websites of the cluster: what guests say that they serve, and what the spec wants and nobody serves.
    static func sites(_ cluster: Cluster, _ fleet: ObservedFleet) -> Listing {
        let identity = ClusterIdentity(cluster)
        var rows: [Row] = []
        for node in fleet.answeredNodes {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity, domain.markProblem == nil else { continue }
                let wanted = (cluster.instances[mark.instance]?.roles ?? [:]).filter { $0.value.key == GitWeb.key }
                var served: [Name: ObservedSite] = [:]
                var unknown: String?
                switch domain.sites {
                case .known(let sites): served = sites
                case .unknown(let why): unknown = why
                case nil: unknown = domain.power == .running ? nil : "it does not run"
                }
                for role in Set(wanted.keys).union(served.keys).sorted() {
                    let address = addresses(of: domain, mark).first
                    rows.append(row(mark.instance, role, wanted[role], served[role], address, unknown, on: node.name))
                }
            }
        }
        return Listing(
            kind: "sites",
            columns: [
                .init("INSTANCE"), .init("SITE"), .init("ADDRESS"), .init("COMMIT"), .init("SUBJECT"), .init("HEALTH"),
                .init("SINCE"), .init("REF", wide: true), .init("REPO", wide: true), .init("KEPT", wide: true),
                .init("NODE", wide: true),
            ], rows: rows.sorted { $0.name < $1.name }, unknownNodes: fleet.unknownNodes)
    }

    private static func row(
        _ instance: Name, _ role: Name, _ wanted: Role?, _ site: ObservedSite?, _ address: String?,
        _ unknown: String?, on node: Name
    ) -> Row {
        let since = site?.since.map { Date(timeIntervalSince1970: TimeInterval($0)).ISO8601Format() }
        var url: String?
        if let site, let address {
            url = "\(site.certificate.isEmpty ? "http" : "https")://\(address):\(site.port)/"
        }
        let health: (word: String, isGood: Bool)
        switch site {
        case let site? where site.isServing && wanted != nil:
            if let reason = site.badness {
                health = ("Degraded: \(reason)", false)
                break
            }
            health = (site.heldFrom == nil ? "Healthy" : "Healthy, rolled back", true)
        case let site? where site.isServing: health = ("Left over", false)
        case .some: health = ("Degraded: its server does not run", false)
        case nil: health = (unknown.map { "Unknown: \($0)" } ?? "Missing", false)
        }
        return Row(
            "\(instance)/\(role)",
            cells: [
                Span(instance.text, .strong), Span(role.text), Span(url ?? "-"),
                Span(site.map { String($0.commit.prefix(7)) } ?? "-"),
                Span(site.map { String($0.subject.prefix(50)) } ?? "-"),
                Span(health.word, health.isGood ? .addition : .alarm), Span(since ?? "-"), Span(site?.ref ?? "-"),
                Span(site?.repo ?? "-"), Span(site.map { kept($0) } ?? "-"), Span(node.text),
            ],
            value: [
                "instance": .text(instance.text), "site": .text(role.text), "node": .text(node.text),
                "address": .optional(url), "commit": .optional(site?.commit), "subject": .optional(site?.subject),
                "health": .text(health.word), "since": .optional(since), "repo": .optional(site?.repo),
                "ref": .optional(site?.ref), "kept": .texts(site?.kept ?? []),
                "rolledBackFrom": .optional(site?.heldFrom),
            ])
    }

    private static func kept(_ site: ObservedSite) -> String {
        site.kept.map { String($0.prefix(7)) }.joined(separator: ",")
    }
}

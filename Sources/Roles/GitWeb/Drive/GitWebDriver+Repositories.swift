import Fleet
import Reconciler
import Spec

extension GitWebDriver {
    /// What the refs of websites lead to: each looked up once, on a node of its instances.
    ///
    /// Nothing but mirrors of repositories changes anywhere. A repository that does not answer is part of the result.
    static func resolve(
        _ seen: [Name: NodeObservation], of spec: Cluster, on nodes: [Name: NodeContext]
    ) async -> [GitSource: GitAnswer] {
        let wanted = sources(in: seen, of: spec)
        return await withTaskGroup(of: (GitSource, GitAnswer).self) { group in
            for (source, use) in wanted {
                let node =
                    use.nodes.lazy.compactMap { nodes[$0] }.first ?? nodes.sorted { $0.key < $1.key }.first?.value
                group.addTask {
                    guard let node else { return (source, .unreachable("no node answers")) }
                    let site = SiteNode(context: node)
                    return (
                        source, await site.resolve(use.site, served: use.served.sorted(), folders: use.folders.sorted())
                    )
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private struct Use {
        var site: GitWebRole
        var nodes: [Name] = []
        var served: Set<String> = []
        var folders: Set<String> = []
    }

    /// Each ref of the spec, with the nodes whose guests have it and the commits that are served.
    private static func sources(in seen: [Name: NodeObservation], of cluster: Cluster) -> [GitSource: Use] {
        var uses: [GitSource: Use] = [:]
        let identity = ClusterIdentity(cluster)
        var places: [Name: [(node: Name, domain: ObservedDomain)]] = [:]
        for case .answered(let node) in seen.sorted(by: { $0.key < $1.key }).map(\.value) {
            for domain in node.domains {
                guard let mark = domain.mark, mark.cluster == identity else { continue }
                places[mark.instance, default: []].append((node.name, domain))
            }
        }
        for instance in cluster.instances.values.sorted(by: { $0.name < $1.name }) where instance.isManaged {
            for (role, kind) in instance.roles {
                guard let site = kind.value(of: GitWeb.self) else { continue }
                var use = uses[GitSource(site)] ?? Use(site: site)
                use.folders.insert(site.folder)
                for (node, domain) in places[instance.name] ?? [] {
                    use.nodes.append(node)
                    guard case .known(let sites)? = domain.sites, let served = sites[role]?.commit else { continue }
                    use.served.insert(served)
                }
                if use.nodes.isEmpty, let pin = instance.node { use.nodes.append(pin) }
                uses[GitSource(site)] = use
            }
        }
        return uses
    }
}

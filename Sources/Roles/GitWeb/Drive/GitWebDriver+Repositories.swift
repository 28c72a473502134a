import Fleet
import Reconciler
import Spec

extension GitWebDriver {
    /// What the refs of websites lead to: each looked up once, on a node of its instances.
    ///
    /// Nothing but mirrors of repositories changes anywhere. A repository that does not answer is part of the result.
    static func resolve(
        _ seen: [Name: NodeObservation], of spec: Cluster, on nodes: [Name: ConnectedNode]
    ) async -> [GitSource: GitAnswer] {
        let wanted = sources(in: seen, of: spec)
        return await withTaskGroup(of: (GitSource, GitAnswer).self) { group in
            for (source, use) in wanted {
                let node =
                    use.nodes.lazy.compactMap { nodes[$0] }.first ?? nodes.sorted { $0.key < $1.key }.first?.value
                group.addTask {
                    guard let node else { return (source, .silent("no node answers")) }
                    return (
                        source, await node.resolve(use.site, served: use.served.sorted(), folders: use.folders.sorted())
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

extension ConnectedNode {
    /// What a ref leads to, asked from the node, or from this machine where the node has no git or cannot reach it.
    func resolve(_ site: GitWebRole, served: [String], folders: [String]) async -> GitAnswer {
        do {
            var answer = GitAnswer.silent("git is not installed on \(node)")
            do { answer = try await repository(of: site).resolve(served: served, folders: folders) } catch is MissingGit
            {}
            guard case .silent = answer, let here = try await repositoryHere(of: site) else { return answer }
            do {
                let other = try await here.resolve(served: served, folders: folders)
                if case .silent = other { return answer }
                return other
            } catch is MissingGit { return answer }
        } catch {
            return .silent(PlainText.line(String(describing: error)))
        }
    }

    /// The repository's mirror on the node.
    func repository(of site: GitWebRole) async throws -> GitRepository {
        GitRepository(
            commands: commands, folder: clusterFolder + "/git", site: site,
            place: node.text,
            credentials: try await credentials(of: site))
    }

    private func credentials(of site: GitWebRole) async throws -> GitCredentials {
        try await GitCredentials(of: site, usesMachine: settings.usesMachineLogins, settings.secret)
    }

    /// The repository's mirror on this machine; nil where there is no place for one.
    func repositoryHere(of site: GitWebRole) async throws -> GitRepository? {
        guard let folder = settings.mirrorFolder else { return nil }
        return GitRepository(
            commands: commandsHere, folder: folder, site: site, place: "this machine",
            credentials: try await credentials(of: site))
    }
}

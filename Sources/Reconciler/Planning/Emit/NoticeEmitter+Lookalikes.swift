import Spec

extension NoticeEmitter {
    /// Tells of domains and volumes that look like ours and are not.
    mutating func noticeLookalikes() {
        let prefix = "\(identity.name)."
        var known: [Name: Set<String>]?
        for node in answeredNames {
            guard let observed = answered[node] else { continue }
            if let holder = observed.lockHolder {
                graph.findings.note(about: [.node(node)], "an apply is running on \(node): \(holder)")
            }
            for warning in observed.warnings { graph.findings.note(about: [.node(node)], "\(node): \(warning)") }
            for domain in observed.domains {
                if let problem = domain.markProblem {
                    graph.findings.note(
                        about: lookalike(domain, on: node), "domain \(domain.name) on \(node) is left alone: \(problem)"
                    )
                } else if domain.name.hasPrefix(prefix), domain.mark?.cluster != identity {
                    graph.findings.note(
                        about: lookalike(domain, on: node),
                        "domain \(domain.name) on \(node) is named like this cluster's, but has no mark of it and is left alone"
                    )
                }
            }
            let candidates = observed.volumes.keys.filter { $0.fileName.hasPrefix(prefix) }
            guard !candidates.isEmpty else { continue }
            let paths = known ?? knownPaths()
            known = paths
            noticeVolumes(candidates, on: observed, paths[node] ?? [])
        }
    }

    /// A domain that is not ours, and the instance that one would take it for by its name.
    private func lookalike(_ domain: ObservedDomain, on node: Name) -> [ObjectReference] {
        let prefix = "\(identity.name)."
        let instance = domain.name.hasPrefix(prefix) ? Name(String(domain.name.dropFirst(prefix.count))) : nil
        return (instance.map { [.instance($0, on: node)] } ?? []) + [.node(node)]
    }

    /// The files of each node that somebody knows though no domain there has them: kept disks, files of moves, and what is to be
    /// made.
    private func knownPaths() -> [Name: Set<String>] {
        var known: [Name: Set<String>] = [:]
        for disk in history.keptDisks.all + graph.keptDisks {
            known[disk.node, default: []].insert(disk.path)
            known[disk.node, default: []].formUnion(layers(below: disk))
        }
        for entry in history.instances.values {
            guard let node = entry.alsoOn else { continue }
            known[node, default: []].formUnion(
                entry.volumes.values.map { cluster.path($0, from: entry.node, to: node) })
        }
        for instance in missing {
            guard let node = placements[instance.name]?.node else { continue }
            known[node, default: []].formUnion(volumes(of: instance, on: node).values)
        }
        return known
    }

    private mutating func noticeVolumes(_ candidates: [String], on node: ObservedNode, _ known: Set<String>) {
        var reached = known
        for domain in node.domains { reached.formUnion(domain.reachedPaths) }
        for path in candidates.sorted() where !reached.contains(path) && !isReachedElsewhere(path, from: node.name) {
            graph.findings.note(
                about: [ObjectReference(.disk, path.fileName, on: node.name), .node(node.name)],
                "\(path) on \(node.name) is named like this cluster's, but no mark refers to it; it is left alone")
        }
    }

    /// Whether a domain of another node that shares the storage has a file.
    private func isReachedElsewhere(_ path: String, from node: Name) -> Bool {
        guard index.request.hasSharedPools else { return false }
        return answered.contains { other, observed in
            other != node && isShared(path, between: node, and: other)
                && observed.domains.contains { $0.disks.contains { $0.path == path } }
        }
    }
}

import Spec

extension NoticeEmitter {
    /// Tells of domains and volumes that look like ours and are not.
    mutating func noticeLookalikes() {
        let prefix = "\(identity.name)."
        let arriving = Dictionary(grouping: missing) { placements[$0.name]?.node }
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
            noticeVolumes(observed, prefix: prefix, arriving: arriving[node] ?? [])
        }
    }

    /// A domain that is not ours, and the instance that one would take it for by its name.
    private func lookalike(_ domain: ObservedDomain, on node: Name) -> [ObjectReference] {
        let prefix = "\(identity.name)."
        let instance = domain.name.hasPrefix(prefix) ? Name(String(domain.name.dropFirst(prefix.count))) : nil
        return (instance.map { [.instance($0, on: node)] } ?? []) + [.node(node)]
    }

    private mutating func noticeVolumes(_ node: ObservedNode, prefix: String, arriving: [Instance]) {
        let candidates = node.volumes.keys.filter { path in
            path.split(separator: "/").last.map { $0.hasPrefix(prefix) } ?? false
        }
        guard !candidates.isEmpty else { return }
        var reached: Set<String> = []
        for domain in node.domains { reached.formUnion(domain.reachedPaths) }
        for disk in history.keptDisks.all + graph.keptDisks where disk.node == node.name {
            reached.insert(disk.path)
            reached.formUnion(layers(below: disk))
        }
        for entry in history.instances.values where entry.alsoOn == node.name {
            reached.formUnion(entry.volumes.values.map { cluster.path($0, from: entry.node, to: node.name) })
        }
        for instance in arriving { reached.formUnion(entryPaths(of: instance, on: node.name)) }
        for path in candidates.sorted() where !reached.contains(path) && !isReachedElsewhere(path, from: node.name) {
            graph.findings.note(
                about: [ObjectReference(.disk, path.fileName, on: node.name), .node(node.name)],
                "\(path) on \(node.name) is named like this cluster's, but no mark refers to it; it is left alone")
        }
    }

    /// Whether a domain of another node that shares the storage has a file.
    private func isReachedElsewhere(_ path: String, from node: Name) -> Bool {
        answered.contains { other, observed in
            other != node && isShared(path, between: node, and: other)
                && observed.domains.contains { $0.disks.contains { $0.path == path } }
        }
    }

    private func entryPaths(of instance: Instance, on node: Name) -> [String] {
        let domain = definition(
            of: instance, on: node, uuid: names.domainUUID(instance.name), name: names.domain(instance.name))
        return domain.disks.map(\.path) + [domain.seedPath]
    }
}

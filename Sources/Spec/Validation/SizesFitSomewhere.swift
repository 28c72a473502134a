extension Rule {
    /// An instance must fit on some node, as far as the spec says what nodes have.
    ///
    /// A warning: the plan refuses it, and the others are made.
    static let sizesFitSomewhere = Rule { cluster in
        cluster.instances.values.flatMap { instance -> [Diagnostic] in
            let nodes =
                if let pin = instance.node { cluster.nodes[pin].map { [$0] } ?? [] } else { cluster.orderedNodes }
            guard !nodes.isEmpty else { return [] }
            var found: [Diagnostic] = []
            let vcpus = nodes.map { node in node.capacityVCPUs.map { Double($0) * node.overcommit.vcpus } ?? .infinity }
            if let most = vcpus.max(), Double(instance.vcpus) > most {
                found.append(
                    instance.tooLarge("vcpus", "\(instance.vcpus) vCPUs", "\(Int(most)) vCPUs", pinned: instance.node))
            }
            let memory = nodes.map { node in
                node.capacityMemory.map { Double($0.bytes) * node.overcommit.memory } ?? .infinity
            }
            if let most = memory.max(), Double(instance.memory.bytes) > most {
                let limit = Size(bytes: (UInt64(most) >> 20) << 20)
                found.append(
                    instance.tooLarge("memory", "\(instance.memory) of memory", "\(limit)", pinned: instance.node))
            }
            return found
        }
    }
}

extension Instance {
    fileprivate func tooLarge(_ key: String, _ wanted: String, _ limit: String, pinned pin: Name?) -> Diagnostic {
        let place = positions[key] ?? positions["flavor"] ?? position
        let wish = "the instance \"\(group ?? name)\" needs \(wanted)"
        guard let pin else {
            return Diagnostic(.warning, at: place, "\(wish); no node can provide more than \(limit)")
        }
        return Diagnostic(.warning, at: place, "\(wish); its node \"\(pin)\" can provide at most \(limit)")
    }
}

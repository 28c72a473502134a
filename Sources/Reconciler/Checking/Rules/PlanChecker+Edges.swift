extension PlanChecker {
    /// Names are unique, and edges lead to earlier steps, so that steps could run one by one as listed.
    static func checkEdges(_ evidence: Evidence) -> [Violation] {
        var found: [Violation] = []
        let graph = evidence.graph
        let suspects = Set(graph.duplicates + graph.missing.map(\.step))
        for index in evidence.plan.steps.indices {
            // What the graph has resolved to earlier steps needs no other look.
            if !suspects.contains(index), graph.requires[index].allSatisfy({ $0 < index }),
                graph.after[index].allSatisfy({ $0 < index })
            {
                continue
            }
            let step = evidence.plan.steps[index]
            if evidence.graph.numbers[step.id] != index {
                found.append(Violation(.edges, step.id, "two steps have this ID"))
            }
            for id in step.requires + step.after {
                guard let other = evidence.graph.numbers[id] else {
                    found.append(Violation(.edges, step.id, "it depends on \(id), which does not exist"))
                    continue
                }
                if other >= index { found.append(Violation(.edges, step.id, "it depends on \(id), which comes later")) }
            }
        }
        return found
    }

    /// What did not answer is left alone, and so is everything after a refusal that stops everything.
    static func checkUnreachableNodes(_ evidence: Evidence) -> [Violation] {
        let stop = evidence.plan.refusals.first(where: \.stopsEverything)
        return evidence.plan.steps.compactMap { step in
            if let stop { return Violation(.unreachableNode, step.id, "\(stop.object) was refused: \(stop.reason)") }
            guard evidence.nodes[step.node] == nil else { return nil }
            return Violation(.unreachableNode, step.id, "node \(step.node) did not answer")
        }
    }
}

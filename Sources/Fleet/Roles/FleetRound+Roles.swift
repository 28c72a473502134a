package import Reconciler
package import Spec

extension FleetRound {
    /// What has to be known from outside guests before their roles are planned.
    ///
    /// What does not answer is part of the result. Nothing but caches of the drivers changes anywhere.
    package func answers(for seen: [Name: NodeObservation]) async -> RoleAnswers {
        var answers = RoleAnswers()
        for driver in roles.all { await resolve(driver, seen, &answers) }
        return answers
    }

    private func resolve<D: RoleDriver>(
        _ driver: D.Type, _ seen: [Name: NodeObservation], _ answers: inout RoleAnswers
    ) async {
        answers[D.Kind.self] = await D.answers(about: seen, of: cluster, on: connectedNodes.mapValues(\.context))
    }

    /// The nodes as seen, with what each role of the spec offers just now, tried as its users do.
    ///
    /// Nodes are asked side by side.
    ///
    /// - Parameter kind: the kind whose roles are tried; nil for all.
    package func tryingRoles(_ observed: [Name: NodeObservation], of kind: RoleKey?) async -> [Name: NodeObservation] {
        var observed = observed
        let nodes = connectedNodes.mapValues(\.context)
        let cluster = cluster
        let drivers = kind.map { [roles[$0]].compactMap(\.self) } ?? roles.all
        let answers = await withTaskGroup(of: ObservedNode?.self) { group in
            for (name, observation) in observed {
                guard case .answered(let seen) = observation, let node = nodes[name] else { continue }
                group.addTask {
                    var current: ObservedNode?
                    for driver in drivers {
                        if let next = await driver.trying(current ?? seen, of: cluster, on: node) { current = next }
                    }
                    return current
                }
            }
            var answers: [ObservedNode] = []
            for await case let answer? in group { answers.append(answer) }
            return answers
        }
        for node in answers { observed[node.name] = .answered(node) }
        return observed
    }
}

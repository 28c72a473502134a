/// What a check of one domain's migration path found; checked only once a plan migrates the domain along it.
package struct ObservedRoute: Sendable, Equatable {
    /// How the source reaches the destination's port for migrations.
    package enum Reach: Sendable, Hashable {
        /// By the name that the destination's libvirt gives itself.
        case byName
        /// Not by that name, but by this address.
        case byAddress(String)
        /// Not at all, with the reason.
        case closed(String)
    }

    /// That the destination cannot give the CPU that the domain runs with.
    package struct MissingCPU: Sendable, Hashable {
        /// What it runs with.
        package var model: String
        /// The best model that both nodes have; nil where there is none.
        package var baseline: String?

        package init(model: String, baseline: String?) {
            self.model = model
            self.baseline = baseline
        }
    }

    package var reach: Reach
    package var missingCPU: MissingCPU?
    /// Files that the spec says are on shared storage, and that are not the same file on both nodes.
    package var unshared: [String]

    package init(
        reach: Reach = .byName, missingCPU: MissingCPU? = nil, unshared: [String] = []
    ) {
        self.reach = reach
        self.missingCPU = missingCPU
        self.unshared = unshared
    }
}

extension Plan {
    /// The moves that begin or go on in this plan: whose paths are checked before it is believed.
    package var beginningMoves: [InstanceMove] {
        steps.compactMap { step in
            guard case .move(let part) = step.operation else { return nil }
            return part.stage == .begin || part.stage == .resume ? part.move : nil
        }
    }
}

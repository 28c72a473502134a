package import Spec

/// What was found on the way that one domain is to go; looked at only once a plan says that it goes there.
package struct ObservedRoute: Sendable, Equatable {
    /// Whose way, and from where to where.
    package struct Way: Sendable, Hashable {
        package var uuid: UniqueID
        package var from: Name
        package var to: Name

        package init(uuid: UniqueID, from: Name, to: Name) {
            self.uuid = uuid
            self.from = from
            self.to = to
        }
    }

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
    /// The moves that begin or go on in this plan: whose ways to look at before it is believed.
    package var beginningMoves: [InstanceMove] {
        steps.compactMap { step in
            guard case .move(let part) = step.operation else { return nil }
            return part.stage == .begin || part.stage == .resume ? part.move : nil
        }
    }
}

extension InstanceMove {
    /// Where it goes.
    package var way: ObservedRoute.Way { ObservedRoute.Way(uuid: uuid, from: from, to: to) }
}

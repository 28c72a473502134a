/// An invariant that a plan breaks, which is a defect of the planner and never the user's fault.
package struct Violation: Sendable, Equatable {
    /// What must be true of every plan.
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        /// Step names are unique and edges lead to earlier steps.
        case edges
        /// Nothing is done on a node that did not answer, nor anything at all after a refusal that stops everything.
        case unreachableNode = "unreachable node"
        /// Only what this cluster's valid mark reaches is changed.
        case ownership
        /// Only the run's own parts are changed.
        case part
        /// A protected instance is not deleted.
        case protection
        /// Names, identities and paths of others are not used.
        case foreignName = "foreign name"
        /// A network that is there keeps the addresses in it, and restarts only where that is shown.
        case network
        /// A guest with a firewall runs nowhere without it.
        case firewall
        /// An instance is on one node.
        case oneHome = "single location"
        /// A MAC and an address belong to one NIC.
        case oneOwner = "single owner"
        /// At every instant each volume is reachable from a mark.
        case crashOrder = "crash order"
        /// Data disks go only when that was asked for.
        case dataDisk = "data disk"
        /// A disk never shrinks, and a change of what runs is of what is there.
        case update
        /// What the spec wants to be able to roll back is kept before it changes, and the change is verified before that goes.
        case trial
        /// A base image that somebody uses stays.
        case image
        /// A pool goes only where this cluster defined it, its spec does not have it, and nothing is left in it.
        case pool
        /// A guest gets what its kind of role may do now, and not all of a group at once.
        case role
        /// Nobody stops or changes whom others send work to, where they can be told not to.
        case drain
        /// A move runs nothing twice and loses nothing.
        case move
        /// Of a disk that goes to another pool, the file that is used stays.
        case diskMove = "disk move"
        /// What is made goes where its placement allows.
        case placement
        /// What unreachable nodes hold, and disks that were kept, stay on record.
        case roster
    }

    package var rule: Rule
    package var step: StepID?
    package var detail: String

    package init(_ rule: Rule, _ step: StepID?, _ detail: String) {
        self.rule = rule
        self.step = step
        self.detail = detail
    }
}

extension Violation: CustomStringConvertible {
    /// `crash order: kvm1/instance/web/start: a volume may not be there yet`.
    package var description: String {
        [rule.rawValue, step?.text, detail].compactMap { $0 }.joined(separator: ": ")
    }
}

package import Spec

/// One thing to do to one object on one node, with every choice already made.
///
/// Each subject has a type of its own, which says everything about its operations but how they are done: that is the
/// subject's driver's. What they say is stored apart: steps are handed on often, and all of it with each would be copied.
package indirect enum Operation: Sendable, Equatable {
    case domain(DomainOperation)
    /// Changes a domain that is there.
    case update(DomainUpdate)
    case snapshot(SnapshotOperation)
    /// One stage of an instance's migration to another node.
    case move(MoveStep)
    case storage(StorageOperation)
    case network(NetworkOperation)
    case firewall(FirewallOperation)
    /// Changes what a guest has of one of its roles.
    case role(RoleStep)
    case roster(RosterOperation)
    /// Does nothing, and so can neither fail nor be skipped: what many steps run after is edges to it instead of
    /// edges from each of them to each of what they wait for.
    case barrier

    /// Asks the subject; the one place that knows all of them.
    ///
    /// Put into each caller, so that no question has a copy of the operation made: the checker asks them of every step.
    @inline(__always)
    private func ask<Answer>(_ question: (any StepOperation) -> Answer) -> Answer {
        switch self {
        case .domain(let operation): question(operation)
        case .update(let update): question(update)
        case .snapshot(let operation): question(operation)
        case .move(let step): question(step)
        case .storage(let operation): question(operation)
        case .network(let operation): question(operation)
        case .firewall(let operation): question(operation)
        case .role(let step): question(step)
        case .roster(let operation): question(operation)
        case .barrier: question(Barrier())
        }
    }
}

extension Operation: StepOperation {
    package var words: OperationWords { ask { $0.words } }
    package var domain: UniqueID? { ask { $0.domain } }
    package var network: UniqueID? { ask { $0.network } }
    package var secrets: [Secret] { ask { $0.secrets } }
    package var madeFile: String? { ask { $0.madeFile } }
    package func deletes(_ path: String) -> Bool { ask { $0.deletes(path) } }
}

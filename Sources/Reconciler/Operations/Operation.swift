package import Spec

/// One thing to do to one object on one node, with every choice already made.
///
/// Each subject has a type of its own, which says everything about its operations but how they are done: that is the
/// subject's driver's.
package enum Operation: Sendable, Equatable {
    case domain(DomainOperation)
    /// Changes a domain that is there.
    case update(DomainUpdate)
    case snapshot(SnapshotOperation)
    /// One stage of an instance's way to another node.
    case move(MoveStep)
    case storage(StorageOperation)
    case network(NetworkOperation)
    /// Changes what a guest serves.
    case role(SiteStep)
    case roster(RosterOperation)
    /// Does nothing, and so can neither fail nor be skipped: what many steps run after is edges to it instead of
    /// edges from each of them to each of what they wait for.
    case barrier

    /// The one place that knows every subject.
    private var subject: any StepOperation {
        switch self {
        case .domain(let operation): operation
        case .update(let update): update
        case .snapshot(let operation): operation
        case .move(let step): step
        case .storage(let operation): operation
        case .network(let operation): operation
        case .role(let step): step
        case .roster(let operation): operation
        case .barrier: Barrier()
        }
    }
}

extension Operation: StepOperation {
    package var words: OperationWords { subject.words }
    package var domain: UniqueID? { subject.domain }
    package var network: UniqueID? { subject.network }
    package var secrets: [Secret] { subject.secrets }
    package var madeFile: String? { subject.madeFile }
    package func deletes(_ path: String) -> Bool { subject.deletes(path) }
}

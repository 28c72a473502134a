import Spec

/// What both ends of an unfinished move have, and which of them counts.
///
/// This is the one place that decides what "the move completed" means; planner, checker and driver ask it.
///
/// A definition at the destination is no evidence: libvirt writes it before the guest's CPUs start there, and leaves it
/// when that fails while the guest goes on at the source. What counts is a guest that is seen running at the
/// destination, or the word in its mark that says that this was seen, that libvirt reported success and undefined the
/// source, or that a stopped one's files are whole there.
package struct MoveEnds: Sendable {
    package enum Verdict: Sendable, Equatable {
        /// The source has it, and what is at the destination may go.
        case source
        /// The destination has it, and what is at the source may go.
        case destination
        /// It runs at the destination and fetches memory that only the source has.
        case fetching
        /// It waits at the destination for memory that nobody has any more.
        case memoryIsLost
        /// libvirt has not come to an end yet: neither may be touched.
        case underWay
        /// Nobody but a person can tell, with the reason.
        case conflict(String)
    }

    package let move: DomainMark.Move
    /// The domain at either end; nil where that end was looked at and does not have it.
    package let source: ObservedDomain?
    package let destination: ObservedDomain?

    package init(_ move: DomainMark.Move, source: ObservedDomain?, destination: ObservedDomain?) {
        self.move = move
        self.source = source
        self.destination = destination
    }

    package var verdict: Verdict {
        guard let destination else { return .source }
        if let postCopy = destination.postCopy {
            return source?.postCopy != nil || source != nil && postCopy == .underWay ? .fetching : .memoryIsLost
        }
        guard destination.isPersistent else { return .underWay }
        let isRunningThere = destination.power == .running
        if source?.power == .running {
            if isRunningThere { return .conflict("it runs on both \(move.from) and \(move.to)") }
            guard destination.power == .shutOff || destination.power == .crashed, !hasMigrated else {
                return .conflict(
                    "it runs on \(move.from), but \(move.to) has a copy that "
                        + (hasMigrated ? "is complete" : "is \(destination.power.phrase)"))
            }
            return .source
        }
        if isRunningThere || hasMigrated { return .destination }
        let there = "\(move.to) has a copy that was never seen running"
        guard let source else {
            return .conflict("\(there), and \(move.from) no longer has it")
        }
        return .conflict("it is \(source.power.phrase) on \(move.from), and \(there)")
    }

    /// Whether the destination's mark says that everything came.
    private var hasMigrated: Bool { destination?.mark?.move == move && destination?.mark?.hasMigrated == true }

    /// What a person can do about a conflict.
    package var remedy: String {
        let name = destination?.name ?? source?.name ?? ""
        let find = "find out which one has the newest data"
        if source?.power != .running {
            let start = source?.power == .paused ? "virsh resume or virsh start" : "virsh start"
            return
                "\(find), and start that one on its node (\(start) \(name)): the next apply uses the copy that runs"
        }
        return "\(find); if that is the one on \(move.from), stop and undefine the copy on \(move.to) (virsh destroy, "
            + "virsh undefine \(name)), else stop the one on \(move.from) (virsh destroy \(name)); its files are kept. "
            + "Then apply again"
    }
}

extension ObservedDomain.Power {
    /// In the middle of a sentence.
    fileprivate var phrase: String {
        switch self {
        case .running: "running"
        case .paused: "paused"
        case .shutOff: "shut off"
        case .crashed: "crashed"
        case .other: "in an unknown state"
        }
    }
}

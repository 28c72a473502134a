import Spec

/// The turns that the members of groups take in being away, so that not too many of a group are away at once.
///
/// They are given when all who take one are known: those first that are away already, then in the order of instances,
/// and of one rank those that boot before those that only change.
struct GroupTurns {
    /// Why a member is away during its turn.
    enum Cause: Int {
        /// It runs, and was never seen ready.
        case isAway
        case boots
        /// A role of it changes.
        case changes
    }

    private struct Turn {
        let member: Name
        let cause: Cause
        /// How many may be away at once.
        let window: Int
        /// What shows that it is there, without its roles; nil where those belong to its turn in any case.
        let ready: Requirement?
    }

    /// By group, in the order in which they came.
    private var turns: [Name: [Turn]] = [:]

    /// Has a member take a turn; what is in no group takes none.
    mutating func take(_ instance: Instance, _ cause: Cause, ready: Requirement? = nil) {
        guard let group = instance.group else { return }
        turns[group, default: []].append(
            Turn(
                member: instance.name, cause: cause, window: max(1, instance.changes.maxUnavailable), ready: ready))
    }

    /// What each member has to wait for that takes its turn after another one.
    ///
    /// - Parameter comesBack: whether the plan says when a member is back: what is off and stays off is not waited for.
    func awaited(_ order: InstanceOrder, comesBack: (Name) -> Bool) -> [Name: Requirement] {
        var awaited: [Name: Requirement] = [:]
        for turns in turns.values {
            let ranks = turns.map { $0.cause == .isAway ? -1 : order.rank(of: $0.member) }
            let places = turns.indices.sorted {
                (ranks[$0], turns[$0].cause.rawValue, $0) < (ranks[$1], turns[$1].cause.rawValue, $1)
            }
            var gone: [Turn] = []
            for turn in places.map({ turns[$0] }) {
                if turn.cause != .isAway, gone.count >= turn.window {
                    let other = gone[gone.count - turn.window]
                    // The roles of one that comes later in the order may wait for this very member.
                    let isLater = order.rank(of: other.member) > order.rank(of: turn.member)
                    awaited[turn.member] = isLater ? other.ready ?? .back(other.member) : .back(other.member)
                }
                if turn.cause == .isAway || comesBack(turn.member) { gone.append(turn) }
            }
        }
        return awaited
    }
}

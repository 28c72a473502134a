import Spec

/// How far the migration came that an instance's mark tells of.
struct UnfinishedMigration {
    let move: DomainMark.Move
    /// Whether the destination has it for good; else the source does.
    let isComplete: Bool
    /// Whether the other end of the migration can be looked at and changed now, or a person says that it is lost.
    let otherEnd: End
    /// Whether the other end holds a domain of it as well, which is then to go.
    let isTwice: Bool
    /// Whether it runs at the destination and may still need memory that the source has.
    var isFetching = false

    /// The state of the end of the migration that the instance is not on.
    enum End {
        case answers
        case lost
        case unreachable
    }
}

/// What a step has to do with what rosters tell.
struct RosterEffect: OptionSet {
    let rawValue: Int

    /// It changes what they tell, so that they are written before and after.
    static let isOnRecord = RosterEffect(rawValue: 1)
    /// The closing roster no longer tells of what it removes or takes away, so that it must have succeeded.
    static let leavesOut = RosterEffect(rawValue: 2)
}

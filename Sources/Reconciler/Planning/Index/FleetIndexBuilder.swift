import Spec

/// The first stage: looks at what the nodes answered, pass by pass.
///
/// Each pass reads what the ones before it found: which rosters there are, which machines are whom, which domains are
/// ours, what older rosters tell of nodes that cannot be asked, and which migrations did not come to an end.
struct FleetIndexBuilder: FleetReading {
    var index: FleetIndex

    /// What there is, before anything is decided.
    static func index(_ request: PlanningRequest) -> FleetIndex {
        var builder = FleetIndexBuilder(index: FleetIndex(request))
        builder.recallRosters()
        builder.checkMachines()
        builder.forgetLostNodes()
        builder.indexOwned()
        builder.recallWitnesses()
        builder.recallMoves()
        builder.recallUndefinedMoves()
        builder.checkRemovedNodes()
        builder.measureRooms()
        builder.deriveDomainIDs()
        return builder.index
    }
}

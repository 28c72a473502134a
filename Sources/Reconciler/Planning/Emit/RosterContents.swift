/// A roster on its way, which takes each kept disk once.
struct RosterContents {
    var roster: Roster
    private var kept: Set<Roster.KeptDisk>

    init(_ roster: Roster) {
        self.roster = roster
        kept = Set(roster.keptDisks)
    }

    /// Adds those that it does not have.
    mutating func keep(_ disks: [Roster.KeptDisk]) {
        for disk in disks where kept.insert(disk).inserted { roster.keptDisks.append(disk) }
    }
}

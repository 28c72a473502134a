/// What a stage has to tell, in the order in which it found it.
struct Findings {
    var changes: [Change] = []
    var refusals: [Plan.Refusal] = []
    var unreachableNodes: [Plan.UnreachableEntry] = []
    var notices: [Plan.Notice] = []
    var unknowns: [Plan.Unknown] = []

    /// Says something that is worth knowing and needs no action.
    mutating func note(about objects: [ObjectReference], _ text: String) {
        notices.append(Plan.Notice(text, about: objects))
    }

    /// Puts another stage's findings behind these.
    mutating func append(_ other: Findings) {
        changes += other.changes
        refusals += other.refusals
        unreachableNodes += other.unreachableNodes
        notices += other.notices
        unknowns += other.unknowns
    }
}

import Spec

/// The times at which a plan writes the roster to every node.
enum RosterWrite {
    /// Before anything is created or removed.
    case opening
    /// Between an instance's removal and its making elsewhere.
    case moving
    /// After everything else.
    case closing

    /// The step that writes it to a node.
    func step(on node: Name) -> StepID { StepID("\(node)/roster/\(word)") }

    /// The step after every node's write.
    ///
    /// One barrier for all: instances times nodes would be more edges than a large plan has room for.
    var barrier: StepID { StepID("roster/\(word)") }

    private var word: String {
        switch self {
        case .opening: "open"
        case .moving: "move"
        case .closing: "close"
        }
    }
}

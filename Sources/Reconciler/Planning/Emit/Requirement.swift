import Spec

/// What a step needs, by what it is for; the graph knows the step when all are there.
enum Requirement: Hashable {
    case step(StepID)
    /// The folder of a pool is there.
    case pool(Location)
    /// A base image is there.
    case image(Location)
    /// A network is up, and its reservations are in.
    case network(Location)
    /// An instance was seen ready on a node.
    case ready(Name, on: Name)
    /// An instance is ready and has its roles, as far as the plan does anything for that.
    case back(Name)
    /// The members of its group whose turn comes before its own are back.
    case turn(of: Name)
    /// The guest that boots before an instance's on a node has booted.
    case earlierBoot(of: Name, on: Name)
    /// An instance's mark remembers all that was done to it.
    case recorded(Name)
    /// An instance's definition names its new root disk.
    case rebased(Name)
    /// A node's roster was written.
    case roster(RosterWrite, on: Name)
    /// Every answering node knows, as far as nodes still answer.
    case everyRoster(RosterWrite)
}

/// Why an instance cannot move.
enum MoveObstacle {
    /// It has to wait, such as for a node that does not answer: unknown, and nobody's mistake.
    case waits(String)
    case refusal(String, remedy: String)
}

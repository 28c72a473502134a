import Spec

/// Where an instance goes that has to leave its node.
enum Destination {
    case found(Name)
    /// Nowhere, and why the first nodes by name cannot take it.
    case none([(node: Name, why: String)])
}

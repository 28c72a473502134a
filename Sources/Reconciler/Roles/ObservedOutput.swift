/// What a guest says of an output of one of its roles.
package enum ObservedOutput: Sendable, Hashable {
    case plain(String)
    /// A secret: what changes with it, and tells nothing of it.
    case secret(id: String)
}

/// What a domain is doing (`virDomainState`).
package enum DomainState: Int32, Sendable, CaseIterable {
    case none = 0
    case running = 1
    case blocked = 2
    case paused = 3
    /// The guest is shutting down.
    case shuttingDown = 4
    case off = 5
    case crashed = 6
    case suspendedByGuest = 7

    /// Whether the domain has an id and live XML: anything but off, or crashed and kept off.
    package var isActive: Bool {
        self != .off && self != .none
    }
}

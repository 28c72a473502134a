package import Spec

/// How long and for what to wait.
package struct ReadinessCheck: Sendable, Equatable {
    package var uuid: UniqueID
    package var name: String
    package var ready: Readiness
    /// The addresses kvmctl gave, in the order of the NICs, each with the MAC that must answer for it.
    package var addresses: [Reservation]

    package init(uuid: UniqueID, name: String, ready: Readiness, addresses: [Reservation]) {
        self.uuid = uuid
        self.name = name
        self.ready = ready
        self.addresses = addresses
    }
}

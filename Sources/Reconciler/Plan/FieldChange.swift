package import Spec

/// One field that differs, and what changing it does to the running guest.
package struct FieldChange: Sendable, Equatable {
    /// The least effect that does the job.
    package enum Effect: String, Sendable, Hashable, CaseIterable {
        case live
        case nextBoot = "next boot"
        /// The network is stopped and started; its guests are without it for seconds.
        case restart
        case reboot
        case migrate
        case replace
    }

    /// Who moved: the spec since the last apply, or the node behind kvmctl's back.
    package enum Origin: String, Sendable, Hashable, CaseIterable {
        case edit, drift
    }

    /// Such as `memory` or `nics.eth0.network`.
    package var path: String
    package var old: String?
    package var new: String?
    package var effect: Effect
    package var origin: Origin
    /// Where the spec says so.
    package var position: Position?

    package init(
        path: String, old: String?, new: String?, effect: Effect, origin: Origin, position: Position? = nil
    ) {
        self.path = path
        self.old = old
        self.new = new
        self.effect = effect
        self.origin = origin
        self.position = position
    }
}

import CLibvirt
package import FoundationEssentials

/// What a list call tells of a domain without asking for its XML.
package struct DomainSummary: Equatable, Sendable {
    package let uuid: UUID
    package let name: String
    /// The id of the running domain; nil when it does not run.
    package let id: Int?
    package let state: DomainState
    /// The number of the reason for `state`, whose meaning depends on the state (`virDomainRunningReason` and so on).
    package let stateReason: Int
    package var autostart: Bool
    /// Whether a definition remains when the domain stops.
    package var persistent: Bool
    /// Whether libvirt keeps snapshots of it; only a list call tells, a look at one domain does not ask.
    package var hasSnapshots = false
    /// Whether its memory was saved, to go on from there at the next start.
    package var hasManagedSave = false

    /// Whether the domain runs (or is paused), so that live XML and live changes exist.
    package var isActive: Bool { id != nil }

    /// Whether somebody's start of it is under way: until QEMU is ready, the domain looks paused.
    package var isStarting: Bool {
        state == .paused && stateReason == Int(VIR_DOMAIN_PAUSED_STARTING_UP.rawValue)
    }

    /// Whether its guest powered it off, and neither a person nor a failure did; a guest's reboot counts where that ends it.
    package var wasEndedByGuest: Bool {
        state == .off && stateReason == Int(VIR_DOMAIN_SHUTOFF_SHUTDOWN.rawValue)
    }

    /// Whether libvirt does not know why it is off, as after its own restart.
    package var endedUnseen: Bool {
        let seen = [
            VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_SHUTOFF_CRASHED,
            VIR_DOMAIN_SHUTOFF_FAILED,
        ].map { Int($0.rawValue) }
        return state == .off && !seen.contains(stateReason)
    }

    /// Why a paused domain is paused.
    package var pauseReason: PauseReason? {
        if state == .suspendedByGuest { return .suspendedByGuest }
        guard state == .paused else { return nil }
        return PauseReason(virDomainPausedReason(UInt32(truncatingIfNeeded: stateReason)))
    }

    /// Whether it is either half of a migration in post-copy that goes on.
    package var isInPostCopy: Bool {
        state == .running && stateReason == Int(VIR_DOMAIN_RUNNING_POSTCOPY.rawValue)
            || state == .paused && stateReason == Int(VIR_DOMAIN_PAUSED_POSTCOPY.rawValue)
    }

    /// Whether it is either half of a migration that broke off in post-copy and can be resumed.
    package var hasBrokenPostCopy: Bool {
        state == .running && stateReason == Int(VIR_DOMAIN_RUNNING_POSTCOPY_FAILED.rawValue)
            || state == .paused && stateReason == Int(VIR_DOMAIN_PAUSED_POSTCOPY_FAILED.rawValue)
    }

    /// The same domain with the traits that it has by these lists.
    package func with(_ traits: [DomainTrait: Set<UUID>]) -> DomainSummary {
        var summary = self
        summary.autostart = traits[.autostart]?.contains(uuid) ?? false
        summary.persistent = traits[.persistent]?.contains(uuid) ?? false
        summary.hasSnapshots = traits[.snapshots]?.contains(uuid) ?? false
        summary.hasManagedSave = traits[.managedSave]?.contains(uuid) ?? false
        return summary
    }
}

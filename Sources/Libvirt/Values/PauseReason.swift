import CLibvirt

/// Why a domain is paused (`virDomainPausedReason`).
package enum PauseReason: Sendable, CaseIterable {
    case unknown, user, migration, save, dump, ioError, watchdog, fromSnapshot, shuttingDown, snapshot, crashed
    case startingUp, postCopy, postCopyFailed
    /// The guest suspended itself to memory.
    case suspendedByGuest

    init(_ reason: virDomainPausedReason) {
        switch reason {
        case VIR_DOMAIN_PAUSED_USER: self = .user
        case VIR_DOMAIN_PAUSED_MIGRATION: self = .migration
        case VIR_DOMAIN_PAUSED_SAVE: self = .save
        case VIR_DOMAIN_PAUSED_DUMP: self = .dump
        case VIR_DOMAIN_PAUSED_IOERROR: self = .ioError
        case VIR_DOMAIN_PAUSED_WATCHDOG: self = .watchdog
        case VIR_DOMAIN_PAUSED_FROM_SNAPSHOT: self = .fromSnapshot
        case VIR_DOMAIN_PAUSED_SHUTTING_DOWN: self = .shuttingDown
        case VIR_DOMAIN_PAUSED_SNAPSHOT: self = .snapshot
        case VIR_DOMAIN_PAUSED_CRASHED: self = .crashed
        case VIR_DOMAIN_PAUSED_STARTING_UP: self = .startingUp
        case VIR_DOMAIN_PAUSED_POSTCOPY: self = .postCopy
        case VIR_DOMAIN_PAUSED_POSTCOPY_FAILED: self = .postCopyFailed
        default: self = .unknown
        }
    }
}

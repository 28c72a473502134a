package import FoundationEssentials
package import Libvirt
package import Reconciler

extension ObservedDomain.Power {
    /// What libvirt's state comes down to.
    package init(_ state: DomainState) {
        switch state {
        case .running, .blocked, .shuttingDown: self = .running
        case .paused, .suspendedByGuest: self = .paused
        case .off: self = .shutOff
        case .crashed: self = .crashed
        case .none: self = .other
        }
    }
}

extension ObservedDomain.Pause {
    /// What libvirt's reasons come down to.
    package init(_ reason: PauseReason) {
        switch reason {
        case .unknown, .user, .fromSnapshot: self = .byUser
        case .startingUp: self = .starting
        case .migration, .postCopy, .postCopyFailed: self = .migration
        case .save, .dump, .snapshot: self = .saving
        case .ioError: self = .ioError
        case .watchdog: self = .watchdog
        case .shuttingDown: self = .shuttingDown
        case .crashed: self = .crashed
        case .suspendedByGuest: self = .asleep
        }
    }
}

extension ObservedDomain.PostCopy {
    /// Nil where the domain is in no post-copy.
    init?(_ summary: DomainSummary) {
        if summary.isInPostCopy {
            self = .underWay
        } else if summary.hasBrokenPostCopy {
            self = .broken
        } else {
            return nil
        }
    }
}

extension UniqueID {
    /// The same UUID as libvirt's layer has it.
    package init(_ uuid: UUID) {
        // What Foundation prints always has the form of a UUID; the name is never derived from.
        self = UniqueID(uuid.uuidString) ?? UniqueID(derivedFrom: uuid.uuidString)
    }
}

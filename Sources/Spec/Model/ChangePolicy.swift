/// What changes may do to an instance that runs.
package struct ChangePolicy: Sendable, Equatable {
    /// Whether kvmctl may reboot the instance where nothing less makes a change.
    package enum Reboot: String, Sendable, Hashable, CaseIterable {
        case never, ifNeeded
    }

    /// What a change of cloud-init content or access does.
    package enum FirstBoot: String, Sendable, Hashable, CaseIterable {
        /// Nothing: what the first boot got stays.
        case ignore
        /// The seed is written anew, and cloud-init runs again at the next boot, whoever boots it.
        case nextBoot
        /// The same, with a reboot now.
        case reprovision
        /// The root disk is made anew from its image; data disks stay.
        case replace
    }

    /// What another image does.
    package enum Image: String, Sendable, Hashable, CaseIterable {
        case ignore, replace
    }

    /// A change that a snapshot can be taken before.
    package enum Risk: String, Sendable, Hashable, CaseIterable {
        case update, replace
        /// A change of a role that a package or `provision:` makes.
        case provision
    }

    package var reboot = Reboot.ifNeeded
    /// The changes before which a snapshot is taken.
    package var snapshotBefore: [Risk] = []
    package var firstBoot = FirstBoot.nextBoot
    /// Ignoring is the default: nobody loses a root disk because a file of the same name has other bytes now.
    package var image = Image.ignore
    package var stop = Stop()
    /// How many members of a group may be away at once while it changes.
    package var maxUnavailable = 1
    /// Field paths that the spec does not manage; one covers everything below it.
    package var ignored: [String] = []

    package init() {}

    /// Whether the spec leaves a field alone, by its own path or by one above it.
    package func ignores(_ path: String) -> Bool {
        ignored.contains { $0 == path || path.hasPrefix($0 + ".") }
    }

    /// How a guest is stopped.
    package struct Stop: Sendable, Equatable {
        /// The time that the guest has to stop by itself.
        package var timeout = Duration.seconds(120)
        /// Whether it may be stopped by force when that time is over.
        package var force = false

        package init() {}
    }
}

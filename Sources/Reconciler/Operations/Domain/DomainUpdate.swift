package import Spec

/// One change of a domain that is there, in its definition, in what runs, or in the guest.
///
/// Each looks at the domain again, does only what is still missing, and is safe to run twice.
package struct DomainUpdate: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        /// Changes the definition, and so what the next start uses.
        case edit(DomainEdit)
        /// Plugs vCPUs in and has the guest use them.
        case setVCPUs(Int)
        /// Moves the balloon, and plugs memory in where that is not enough; refuses what the guest has in use.
        case setMemory(Size)
        case plugDisk(DomainDefinition.Disk)
        case unplugDisk(String)
        case plugNIC(DomainDefinition.NIC)
        case unplugNIC(Name)
        /// Puts a NIC that is there into another network, without the guest seeing it go.
        case moveNIC(DomainDefinition.NIC)
        /// Grows a disk and the guest's file system on it; never shrinks.
        case growDisk(DiskGrowth)
        /// One stage of a disk's move to another pool.
        case moveDisk(DiskMove.Stage, DiskMove)
        /// Tells the guest the addresses of NICs that are new or in another network.
        case configureNICs([SeedDefinition.NIC])
        /// Has libvirt call the domain otherwise, which it does only while it is off.
        case rename(to: String)
        /// Asks the guest to stop and waits; forces it only where that is allowed.
        case stop(timeout: Duration, force: Bool)
        /// Notes in the mark what has been applied, after everything else.
        case record([String: String])
        /// Keeps the disks of a stopped machine as they are, to go back to them.
        case keepState
        /// Waits for the guest to be ready, and then removes what was kept, these files among it; where it does not become
        /// ready, goes back to what was kept, which is a failure.
        case verify(ReadinessCheck, files: [String])
        /// Removes what an earlier trial left, these files among it.
        case clearTrial(files: [String])
        /// Keeps the disks as they are before roles change, to go back to them where one cannot be applied; `roles` has
        /// what tells each as the spec has it.
        case keepBeforeRoles(roles: [String: String])
        /// Removes what was kept before roles changed.
        case settleRoles
        /// Ends a change of roles that an earlier run left: the disks come back where that was under way or a role failed,
        /// and else where the guest does not answer; what is too old to go back to goes.
        case endRoleTrial(ReadinessCheck, hasFailed: Bool)
    }

    package var uuid: UniqueID
    package var name: String
    package var action: Action

    package init(uuid: UniqueID, name: String, action: Action) {
        self.uuid = uuid
        self.name = name
        self.action = action
    }
}

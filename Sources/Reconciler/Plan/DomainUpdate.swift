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
        /// One stage of a disk's way to another pool.
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
        case prove(ReadinessCheck, files: [String])
        /// Removes what an earlier attempt left, these files among it.
        case settle(files: [String])
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

/// What is to be changed in a domain's definition; everything else in it stays as it is.
package struct DomainEdit: Sendable, Equatable {
    package enum Item: Sendable, Equatable {
        case vcpus(Int)
        case memory(Size)
        /// The CPU model that the guest sees; nil for what its node gives.
        case cpu(String?)
        /// Adds a disk, or corrects the one of this name.
        case disk(DomainDefinition.Disk)
        case removeDisk(String)
        /// Adds a NIC, or corrects the one of this name.
        case nic(DomainDefinition.NIC)
        case removeNIC(Name)
        /// Gives the machine its seed's disk back; its serial is the word for what the seed's content is.
        case seedDisk(path: String, revision: String)
        /// Which content the seed has, as a word that the running machine keeps until it is stopped.
        case seed(revision: String)
    }

    package var items: [Item]
    /// What the mark says afterwards, `applied` aside.
    package var mark: DomainMark

    package init(items: [Item], mark: DomainMark) {
        self.items = items
        self.mark = mark
    }
}

/// A disk to be larger.
package struct DiskGrowth: Sendable, Equatable {
    /// `root` or the data disk's name.
    package var disk: String
    package var path: String
    package var capacity: Size

    package init(disk: String, path: String, capacity: Size) {
        self.disk = disk
        self.path = path
        self.capacity = capacity
    }
}

package import Spec

/// What is to be changed in a domain's definition; everything else in it stays as it is.
package struct DomainEdit: Sendable, Equatable {
    package enum Item: Sendable, Equatable {
        case vcpus(Int)
        case memory(Size)
        /// A field of the machine by its path, such as `hardware.cpu`; nil for what its node gives.
        case machine(field: String, value: String?)
        /// Adds a disk, or corrects the one of this name.
        case disk(DomainDefinition.Disk)
        /// Has the guest have the disk of this name as its options say, from the next boot on.
        case diskOptions(DomainDefinition.Disk)
        case removeDisk(String)
        /// Adds a NIC, or corrects the one of this name.
        case nic(DomainDefinition.NIC)
        case removeNIC(Name)
        /// Has the interface of this MAC keep its name on the node.
        case ownTap(MACAddress)
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

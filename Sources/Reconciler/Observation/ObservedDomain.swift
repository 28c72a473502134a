package import Spec

/// A domain as it is on a node, ours or anybody's.
package struct ObservedDomain: Sendable, Equatable {
    /// What libvirt's states come down to here.
    package enum Power: String, Sendable, Hashable, CaseIterable {
        case running, paused, shutOff, crashed, other
    }

    package struct NIC: Sendable, Equatable {
        /// The spec's name for it, read from its `ua-nic-` alias.
        package var name: Name?
        package var mac: MACAddress
        package var attachment: NICAttachment

        package init(name: Name?, mac: MACAddress, attachment: NICAttachment) {
            self.name = name
            self.mac = mac
            self.attachment = attachment
        }
    }

    package struct Disk: Sendable, Equatable {
        /// `root`, `seed` or a data disk's name, read from its `ua-disk-` alias.
        package var name: String?
        package var path: String

        package init(name: String?, path: String) {
            self.name = name
            self.path = path
        }
    }

    package var uuid: UniqueID
    package var name: String
    package var power: Power
    package var isPersistent: Bool
    package var autostart: Bool
    /// The mark where there is a readable one for this very UUID.
    package var mark: DomainMark?
    /// Why a mark that is there does not count, such as "copied from another domain".
    package var markProblem: String?
    /// Of the inactive definition: what it will have after its next start.
    package var vcpus: Int
    package var memory: Size
    /// What it runs with now, where that differs from the definition.
    package var liveVCPUs: Int?
    package var liveMemory: Size?
    package var nics: [NIC]
    package var disks: [Disk]
    /// What leases, agent or neighbour tables say, sorted.
    package var seenAddresses: [IPv4Address]
    /// A digest of the inactive definition, power and autostart: equal means nothing changed in between.
    package var fingerprint: String

    package init(
        uuid: UniqueID, name: String, power: Power, isPersistent: Bool = true, autostart: Bool, mark: DomainMark?,
        markProblem: String? = nil, vcpus: Int, memory: Size, liveVCPUs: Int? = nil, liveMemory: Size? = nil,
        nics: [NIC] = [], disks: [Disk] = [], seenAddresses: [IPv4Address] = [], fingerprint: String
    ) {
        self.uuid = uuid
        self.name = name
        self.power = power
        self.isPersistent = isPersistent
        self.autostart = autostart
        self.mark = mark
        self.markProblem = markProblem
        self.vcpus = vcpus
        self.memory = memory
        self.liveVCPUs = liveVCPUs
        self.liveMemory = liveMemory
        self.nics = nics
        self.disks = disks
        self.seenAddresses = seenAddresses
        self.fingerprint = fingerprint
    }
}

/// What a NIC is plugged into.
package enum NICAttachment: Sendable, Hashable {
    /// A libvirt network, by libvirt's name for it.
    case network(String)
    case bridge(String)
    /// Anything kvmctl does not make, as text.
    case other(String)
}

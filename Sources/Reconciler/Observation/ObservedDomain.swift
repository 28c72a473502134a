package import Spec

/// A domain as it is on a node, ours or anybody's.
package struct ObservedDomain: Sendable, Equatable {
    /// What libvirt's states come down to here.
    package enum Power: String, Sendable, Hashable, CaseIterable {
        case running, paused, shutOff, crashed, other
    }

    /// How a migration stands whose guest runs at its destination before all of its memory is there.
    package enum PostCopy: String, Sendable, Hashable, CaseIterable {
        case underWay
        /// The nodes lost each other in the middle of it: both halves are needed to go on.
        case broken
    }

    package struct NIC: Sendable, Equatable {
        /// The spec's name for it, read from its `ua-nic-` alias.
        package var name: Name?
        package var mac: MACAddress
        package var attachment: NICAttachment

        /// The largest packet that its guest is told to send, in bytes; nil for 1500.
        package var mtu: Int?
        /// The interface on the node, of a definition only where it names one.
        package var tap: String?
        package var bandwidth: Bandwidth?
        /// Whether its link is down, which its guest takes for a pulled cable.
        package var isCut = false
        /// Whether its guest leaves no checksum and no cutting into frames to the node.
        package var sendsPlainFrames = false

        package init(
            name: Name?, mac: MACAddress, attachment: NICAttachment, mtu: Int? = nil, tap: String? = nil
        ) {
            self.name = name
            self.mac = mac
            self.attachment = attachment
            self.mtu = mtu
            self.tap = tap
        }
    }

    /// A running guest's NIC as the node has it.
    package struct Tap: Sendable, Hashable {
        /// The interface on the node, such as `vnet3`.
        package var device: String
        /// What it was plugged into when it was made, which does not say that it still is.
        package var attachment: NICAttachment

        package init(device: String, attachment: NICAttachment) {
            self.device = device
            self.attachment = attachment
        }
    }

    package struct Disk: Sendable, Equatable {
        /// `root`, `seed` or a data disk's name, read from its `ua-disk-` alias; of an adopted domain, the target.
        package var name: String?
        package var path: String
        /// The name of a disk that the spec gave it and that is somebody's own, read from its alias; it has no `name` then.
        package var given: String?
        /// What libvirt calls it, such as `vda`.
        package var target: String?
        /// Whether the guest cannot write to it, as to a seed or a CD.
        package var isReadOnly = false
        /// Such as `qcow2`; nil where nobody looked.
        package var format: String?
        /// How the guest has it, as far as libvirt says; what is missing is usual.
        package var options: [DiskOption: String] = [:]
        /// What the guest finds it by; of the seed, which content it has.
        package var serial: String?
        /// Whether a running machine can let go of it, unlike a disk on SATA or IDE.
        package var isHotPluggable = true
        /// Whether only what runs has it, and not the definition.
        package var isOnlyPluggedIn: Bool
        /// The files below it that are its own, top down, after somebody put this one on top: see `DiskLayers`.
        package var layers: [String] = []

        /// Whether somebody added it behind kvmctl's back.
        package var isForeign: Bool { name == nil && given == nil }

        package init(name: String?, path: String, serial: String? = nil, isOnlyPluggedIn: Bool = false) {
            self.name = name
            self.path = path
            self.serial = serial
            self.isOnlyPluggedIn = isOnlyPluggedIn
        }
    }

    /// An earlier state of the domain that libvirt keeps.
    package struct Snapshot: Sendable, Hashable {
        package var name: String
        /// Whether it holds the guest's memory beside its disks.
        package var hasMemory: Bool
        /// Whether it lies in files of its own, which libvirt cannot go back to; else within the disks.
        package var isExternal: Bool
        /// Whether the present state goes back to it.
        package var isCurrent: Bool
        /// Seconds since 1970.
        package var madeAt: UInt64?

        package init(
            name: String, hasMemory: Bool, isExternal: Bool, isCurrent: Bool = false, madeAt: UInt64? = nil
        ) {
            self.name = name
            self.hasMemory = hasMemory
            self.isExternal = isExternal
            self.isCurrent = isCurrent
            self.madeAt = madeAt
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
    /// What the balloon leaves a domain without a mark, where that is less than all it may claim.
    package var balloon: Size?
    /// What it runs with now, where that differs from the definition.
    package var liveVCPUs: Int?
    package var liveMemory: Size?
    /// What runs, where anything does.
    package var running: Running?
    package var nics: [NIC]
    package var disks: [Disk]
    /// Of what runs; empty where it does not.
    package var taps: [Tap] = []
    /// What leases, agent or neighbour tables say, sorted.
    package var seenAddresses: [IPv4Address]
    /// Whether the guest itself says `seenAddresses`, which may then be anybody's.
    package var addressesAreTold = false
    /// What the guest says of its roles.
    package var roles = ObservedRoles()
    /// Sorted by name; a domain that has any cannot move.
    package var snapshots: [Snapshot] = []
    /// Devices that bind it to its node, in words such as `the host device pci 0000:01:00.0`.
    package var ties: [String] = []
    /// Whether its firmware lies in flash memory, as UEFI does, which libvirt cannot keep in a snapshot.
    package var hasFlashFirmware = false
    /// Whether the node emulates a TPM for it, whose state lies beside its disks.
    package var hasEmulatedTPM = false
    /// Its processors, by the word of `uname -m`; nil where nobody looked.
    package var architecture: String?
    /// Fields of the machine that the definition names, by path; what is missing is left to the node.
    package var machine: [String: String] = [:]
    /// How the definition divides vCPUs and memory; nil where it does not.
    package var layout: Layout?
    /// Of a domain in post-copy, at either end.
    package var postCopy: PostCopy?
    /// Of a paused domain.
    package var pause: Pause?
    /// Whether its next start goes on with a memory that was saved.
    package var hasManagedSave = false
    /// A digest of the inactive definition, power and autostart: equal means nothing changed in between.
    package var fingerprint: String

    /// The address to ask the guest at where none was given to it: one that its node saw, never one that it told.
    package var verifiedAddress: IPv4Address? { addressesAreTold ? nil : seenAddresses.first }

    package init(
        uuid: UniqueID, name: String, power: Power, isPersistent: Bool = true, autostart: Bool, mark: DomainMark?,
        markProblem: String? = nil, vcpus: Int, memory: Size, liveVCPUs: Int? = nil, liveMemory: Size? = nil,
        running: Running? = nil,
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
        self.running = running
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
    case bridge(BridgePort)
    /// Anything kvmctl does not make, as text.
    case other(String)
}

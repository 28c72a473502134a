package import Spec

/// A domain to be defined, down to every path and identity.
package struct DomainDefinition: Sendable, Equatable {
    package struct NIC: Sendable, Equatable {
        package var name: Name
        package var mac: MACAddress
        package var attachment: NICAttachment

        /// The largest packet that its guest is told to send, in bytes; nil for 1500.
        package var mtu: Int?
        /// Whether its interface on the node keeps its name (`MACAddress.tapName`), by which filters know it.
        package var hasOwnTap = false
        package var bandwidth: Bandwidth?
        /// Whether its link is set up again where somebody set it down.
        package var mendsLink = false
        /// Whether the spec limits it, or did: else what limits there are is somebody else's matter.
        package var setsBandwidth = false
        /// Whether the guest leaves no checksum and no cutting into frames to the node, which could not do it.
        package var sendsPlainFrames = false

        package init(
            name: Name, mac: MACAddress, attachment: NICAttachment, mtu: Int? = nil, hasOwnTap: Bool = false
        ) {
            self.hasOwnTap = hasOwnTap
            self.name = name
            self.mac = mac
            self.attachment = attachment
            self.mtu = mtu
        }

        /// A NIC of the spec in its network.
        init(_ nic: Spec.NIC, in network: Network, _ mac: MACAddress, _ attachment: NICAttachment, hasOwnTap: Bool) {
            self.init(
                name: nic.name, mac: mac, attachment: attachment, mtu: nic.mtu ?? network.packetSize,
                hasOwnTap: hasOwnTap)
            bandwidth = nic.bandwidth
            setsBandwidth = nic.bandwidth != nil
        }
    }

    package struct Disk: Sendable, Equatable {
        /// `root` or the data disk's name.
        package var name: String
        package var path: String
        /// What the guest finds it by (`/dev/disk/by-id/virtio-…`); nil for the root disk.
        package var serial: String?
        /// Whether the file has no format, as a disk may that its owner made.
        package var isRaw: Bool
        /// Whether it is somebody's own, which no file of ours is for.
        package var isGiven = false
        /// Whether it is a block device of the node.
        package var isBlockDevice = false
        /// How the guest has it, where the spec says so.
        package var options: [DiskOption: String] = [:]

        /// Whether it is plugged into a running guest and out of it.
        package var isHotPluggable: Bool { (options[.bus] ?? DiskOption.bus.usual) == DiskOption.bus.usual }

        package init(name: String, path: String, serial: String?, isRaw: Bool = false) {
            self.isRaw = isRaw
            self.name = name
            self.path = path
            self.serial = serial
        }
    }

    package var name: String
    package var uuid: UniqueID
    package var mark: DomainMark
    package var hasKVM: Bool
    /// The processors that it has.
    package var architecture = Architecture.x86_64
    /// Fields of the machine by path, such as `hardware.cpu`; what is missing is what its node gives.
    package var machine: [String: String] = [:]
    package var vcpus: Int
    /// What can be plugged in later without a reboot.
    package var maximumVCPUs: Int
    package var memory: Size
    package var maximumMemory: Size
    package var nics: [NIC]
    /// The root disk first.
    package var disks: [Disk]
    /// Those that are somebody's own; they come after the others.
    package var givenDisks: [Disk] = []
    package var seedPath: String
    package var autostart: Bool
    /// Whether its root disk is made with it, so that nothing an earlier machine of that UUID left is its own.
    package var hasNewRoot = false

    package init(
        name: String, uuid: UniqueID, mark: DomainMark, hasKVM: Bool, vcpus: Int, maximumVCPUs: Int, memory: Size,
        maximumMemory: Size, nics: [NIC], disks: [Disk], seedPath: String, autostart: Bool
    ) {
        self.name = name
        self.uuid = uuid
        self.mark = mark
        self.hasKVM = hasKVM
        self.vcpus = vcpus
        self.maximumVCPUs = maximumVCPUs
        self.memory = memory
        self.maximumMemory = maximumMemory
        self.nics = nics
        self.disks = disks
        self.seedPath = seedPath
        self.autostart = autostart
    }
}

package import Spec

/// One node's live state as libvirt and the node itself tell it.
package struct ObservedNode: Sendable, Equatable {
    package var name: Name
    /// The machine's own identity (`/etc/machine-id`), which clones of one template share.
    package var machine: String
    /// What libvirt calls its host, which tells clones apart; nil where it does not say.
    package var host: UniqueID?
    package var vcpus: Int
    package var memory: Size
    /// Whether guests run with KVM; without it they are emulated and boot slowly.
    package var hasKVM: Bool
    /// Nil where nobody could find out.
    package var cpus: NodeCPUs?
    /// Nil where nobody could find out.
    package var devices: NodeDevices?
    /// Whether guests may have guests; nil where the node did not say.
    package var isNested: Bool?
    /// Bridges that exist on the node, libvirt's own included.
    package var bridges: Set<String>
    /// Those of them that keep VLANs apart.
    package var filteringBridges: Set<String> = []
    /// Whether its libvirt puts guests into VLANs of such bridges.
    package var tagsBridges = false
    /// The bridges of Open vSwitch by name, with what carries their frames; nil where it is there and did not answer.
    package var switches: [String: SwitchPath]? = [:]
    /// The bridge that each interface is a port of, by interface.
    package var bridgePorts: [String: String] = [:]
    /// The processors, as `uname -m` says it; empty where the node did not say.
    package var architecture = ""
    /// Other architectures that its QEMU can emulate, by the same words.
    package var emulated: Set<String> = []
    /// Why guests' files cannot be used in folders of the spec's pools, by path, with what to do about it.
    package var folderProblems: [String: FolderProblem] = [:]
    /// Where the node's own interfaces and routes lead, a default route through a gateway aside.
    package var blocks: [AddressBlock] = []
    /// The same by IPv6, also through a gateway.
    package var blocks6: [AddressBlock6] = []
    /// The address that this run talks to the node from; nil where that is this machine, or nobody knows.
    package var client: IPv4Address?
    /// The same where this run talks to it by IPv6.
    package var client6: IPv6Address?
    /// Interfaces with a default route that a router has told, which the kernel forgets when it forwards IPv6.
    package var toldRoutes6: [String] = []
    /// The address at which this run reaches the node, as the node has it; nil where nobody knows.
    package var address: IPv4Address?
    /// The node's own addresses; empty where it did not say.
    package var addresses: Set<IPv4Address> = []
    /// The ends of overlays that the node has, by interface, ours or anybody's.
    package var overlayLinks: [String: OverlayLink] = [:]
    /// What brings its overlays back when it starts; nil where the node was not asked.
    package var overlayHook: NodeHook?
    /// The filters of guests that the node has, by the guests' UUIDs, ours or another cluster's.
    package var filters: [UniqueID: ObservedFilter] = [:]
    /// What loads them when guests start; nil where the node was not asked.
    package var filterHook: NodeHook?
    /// Sorted by name.
    package var domains: [ObservedDomain]
    package var networks: [ObservedNetwork]
    package var pools: [ObservedPool]
    /// Every file in the folders of active pools and of the spec's pools, by path, and every file that a domain's disk
    /// or its backing chain names.
    package var volumes: [String: ObservedVolume]
    /// The folders that were looked into, by path.
    package var folders: [String: ObservedFolder] = [:]
    /// What base images' bytes hash to, by path, as far as anybody made it out.
    package var imageDigests: [String: Set<Checksum>] = [:]
    package var roster: Roster?
    /// Who holds this cluster's lock there, in words; nil where nobody does or it was taken by this run.
    package var lockHolder: String?
    /// What the node's user should know, such as a resolver that times out.
    package var warnings: [String]

    package init(
        name: Name, machine: String, vcpus: Int, memory: Size, hasKVM: Bool, bridges: Set<String> = [],
        domains: [ObservedDomain] = [], networks: [ObservedNetwork] = [], pools: [ObservedPool] = [],
        volumes: [String: ObservedVolume] = [:], roster: Roster? = nil, lockHolder: String? = nil,
        warnings: [String] = []
    ) {
        self.name = name
        self.machine = machine
        self.vcpus = vcpus
        self.memory = memory
        self.hasKVM = hasKVM
        self.bridges = bridges
        self.domains = domains
        self.networks = networks
        self.pools = pools
        self.volumes = volumes
        self.roster = roster
        self.lockHolder = lockHolder
        self.warnings = warnings
    }
}

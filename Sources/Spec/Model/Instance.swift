package import YAML

/// One virtual machine, with profiles, group and member settings already applied.
package struct Instance: Sendable, Equatable {
    package enum Power: String, Sendable, Hashable, CaseIterable {
        case on, off
        /// Whatever it is.
        case keep
    }

    /// What becomes of it while its node is in maintenance.
    package enum OnMaintenance: String, Sendable, Hashable, CaseIterable {
        /// It moves to another node, live where it runs.
        case migrate
        /// It is stopped where it is, and started again afterwards.
        case stop
        /// Nothing.
        case stay
    }

    package var name: Name
    /// The group it is a member of, which is also what `spread` counts; nil for a single instance.
    package var group: Name?
    /// Its number in the group, from 1.
    package var member: Int?
    package var part: Name
    /// False for what was only read through `uses:`; nothing in it is changed by this run.
    package var isManaged: Bool
    package var position: Position
    /// Where each field was written, by its path such as `memory` or `nics.eth0.address`.
    package var positions: [String: Position] = [:]

    package var vcpus: Int
    package var memory: Size
    /// The root disk's size.
    package var disk: Size
    /// The root disk's pool.
    package var pool: Name
    /// How the guest has its root disk, where the spec says so.
    package var rootDisk: [DiskOption: String] = [:]
    package var image: Name
    /// The processors that its image is for; nil for an adopted one, which has what it has.
    package var architecture: Architecture?
    /// Nil where the root disk is made from the image; else the image is the installer's CD.
    package var installation: Installation?
    package var hardware = Hardware()
    /// Sorted by name.
    package var nics: [NIC] = []
    /// Data disks, sorted by name.
    package var disks: [DataDisk] = []
    /// Those that kvmctl makes, or that an adopted instance has.
    package var ownDisks: [DataDisk] { isAdopted ? disks : disks.filter { !$0.isGiven } }
    /// Those that are somebody's own, and are used as they are.
    package var givenDisks: [DataDisk] { isAdopted ? [] : disks.filter(\.isGiven) }
    /// The node it is pinned to.
    package var node: Name?
    package var placement = Placement()
    package var power: Power = .on
    package var autostart = true
    package var protect = false
    /// What its guest calls itself; nil for its own name.
    package var hostname: HostName?
    package var access = Access()
    /// More user-data as written; it reaches the guest unchanged.
    package var cloudInit: YAML.Node?
    package var ready: Readiness
    /// With the one that `provision` is.
    package var roles: [Name: Role] = [:]
    /// How system packages of its roles come into its guest.
    package var packages = PackagePolicy()
    /// What is done in its guest without a package of a name.
    package var provision: Provision?
    /// Words of the users' own about it, for choosing among instances; the guest knows nothing of them.
    package var labels: [String: String] = [:]
    /// Whether it was there before kvmctl and was imported: it has neither an image nor a seed nor a root disk of
    /// ours, and is never made or replaced.
    package var isAdopted = false
    package var changes = ChangePolicy()
    package var onMaintenance: OnMaintenance = .migrate
    /// Nil where everything may reach it, and it everything.
    package var firewall: Firewall?
    /// What it was called before.
    package var renamedFrom: Name?

    package init(
        name: Name, part: Name, isManaged: Bool, position: Position, vcpus: Int, memory: Size, disk: Size, pool: Name,
        image: Name, ready: Readiness
    ) {
        self.name = name
        self.part = part
        self.isManaged = isManaged
        self.position = position
        self.vcpus = vcpus
        self.memory = memory
        self.disk = disk
        self.pool = pool
        self.image = image
        self.ready = ready
    }
}

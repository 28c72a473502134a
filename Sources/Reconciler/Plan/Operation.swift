package import Spec

/// One thing to do to one object on one node, with every choice already made.
package enum Operation: Sendable, Equatable {
    /// Defines, builds, starts and autostarts a folder pool; nothing where one is active on that path.
    case ensurePool(PoolDefinition)
    /// Stops and undefines a pool that this cluster defined, unless anything is in its folder; the folder stays.
    case deletePool(PoolDefinition)
    case fetchImage(ImageFetch)
    case deleteImage(path: String)
    /// Defines, starts and autostarts.
    case defineNetwork(NetworkDefinition)
    case startNetwork(uuid: UniqueID, name: String)
    case setNetworkAutostart(uuid: UniqueID, name: String, autostart: Bool)
    /// Adds and removes DHCP reservations, live and for the next start; a MAC whose address differs is replaced.
    case updateReservations(network: UniqueID, name: String, add: [Reservation], remove: [Reservation])
    /// Defines a network again with what differs, keeping its reservations and what kvmctl does not set, and has what
    /// runs follow: live where libvirt can, else by a restart after which running guests are plugged in again.
    case changeNetwork(NetworkDefinition, restart: Bool)
    /// Plugs the running guests of a network into its bridge where they are not.
    case plugGuests(network: UniqueID, name: String)
    case deleteNetwork(uuid: UniqueID, name: String)
    case defineDomain(DomainDefinition)
    case createVolume(VolumeDefinition)
    case writeSeed(SeedDefinition)
    /// Says in the mark that everything of the instance is there; before it, volumes may be made by the next run.
    case finishCreation(uuid: UniqueID, name: String)
    case startDomain(uuid: UniqueID, name: String)
    /// Asks the guest to stop, waits, and only then forces it.
    case stopDomain(uuid: UniqueID, name: String, timeout: Duration, force: Bool)
    case setAutostart(uuid: UniqueID, name: String, autostart: Bool)
    case setProtect(uuid: UniqueID, name: String, protect: Bool)
    /// Waits, and says in the mark that the instance was ready.
    case awaitReady(ReadinessCheck)
    case markDeleting(uuid: UniqueID, name: String)
    /// Deletes a volume or seed that this domain's mark reaches, or a kept disk that the roster lists.
    case deleteVolume(path: String, of: UniqueID)
    /// Changes a domain that is there.
    case updateDomain(DomainUpdate)
    case undefineDomain(uuid: UniqueID, name: String)
    /// Writes the mark into a domain that has none, and changes nothing else of it.
    case adoptDomain(uuid: UniqueID, name: String, mark: DomainMark)
    /// Keeps the disks as they are now, and the memory of a running guest with `withMemory`.
    case createSnapshot(uuid: UniqueID, name: String, snapshot: String, withMemory: Bool)
    /// Brings a domain back to a snapshot; its power is as it was then.
    case revertSnapshot(uuid: UniqueID, name: String, snapshot: String)
    case deleteSnapshot(uuid: UniqueID, name: String, snapshot: String)
    /// One stage of an instance's way to another node.
    case move(InstanceMove.Stage, InstanceMove)
    /// Changes what a guest serves.
    case changeSite(SiteStep)
    case writeRoster(Roster)
    case deleteRoster
    /// Does nothing, and so can neither fail nor be skipped: what many steps run after is edges to it instead of
    /// edges from each of them to each of what they wait for.
    case barrier
}

/// A folder pool to be there.
package struct PoolDefinition: Sendable, Hashable {
    package var name: String
    package var path: String
    package var uuid: UniqueID

    package init(name: String, path: String, uuid: UniqueID) {
        self.name = name
        self.path = path
        self.uuid = uuid
    }
}

/// A base image to be on a node.
package struct ImageFetch: Sendable, Equatable {
    package var image: Name
    package var source: Image.Source
    package var checksum: Checksum?
    /// Bytes to transfer, where known.
    package var byteCount: UInt64?
    /// `…/kvmctl-<sha256>.qcow2` on the node.
    package var path: String

    package init(image: Name, source: Image.Source, checksum: Checksum?, byteCount: UInt64?, path: String) {
        self.image = image
        self.source = source
        self.checksum = checksum
        self.byteCount = byteCount
        self.path = path
    }
}

/// A network of ours to be on a node.
package struct NetworkDefinition: Sendable, Equatable {
    package var name: String
    package var mark: NetworkMark
    package var isNAT: Bool
    package var bridge: String
    package var bridgeMAC: MACAddress
    package var cidr: CIDR?
    /// The node's own address in it.
    package var gateway: IPv4Address?
    package var dhcpRange: AddressRange?
    /// Whether there is a DHCP server, for a range or for reservations alone.
    package var hasDHCP: Bool
    package var reservations: [Reservation]
    package var autostart: Bool

    package init(
        name: String, mark: NetworkMark, isNAT: Bool, bridge: String, bridgeMAC: MACAddress, cidr: CIDR?,
        gateway: IPv4Address?, dhcpRange: AddressRange?, hasDHCP: Bool, reservations: [Reservation],
        autostart: Bool = true
    ) {
        self.name = name
        self.mark = mark
        self.isNAT = isNAT
        self.bridge = bridge
        self.bridgeMAC = bridgeMAC
        self.cidr = cidr
        self.gateway = gateway
        self.dhcpRange = dhcpRange
        self.hasDHCP = hasDHCP
        self.reservations = reservations
        self.autostart = autostart
    }
}

/// A volume to be made.
package struct VolumeDefinition: Sendable, Hashable {
    package var path: String
    package var capacity: Size
    /// The base image of a root disk; nil for an empty data disk.
    package var backingPath: String?
    /// The domain whose mark reaches it.
    package var owner: UniqueID

    package init(path: String, capacity: Size, backingPath: String?, owner: UniqueID) {
        self.path = path
        self.capacity = capacity
        self.backingPath = backingPath
        self.owner = owner
    }
}

/// How long and for what to wait.
package struct ReadinessCheck: Sendable, Equatable {
    package var uuid: UniqueID
    package var name: String
    package var ready: Readiness
    /// The addresses kvmctl gave, in the order of the NICs, each with the MAC that must answer for it.
    package var addresses: [Reservation]

    package init(uuid: UniqueID, name: String, ready: Readiness, addresses: [Reservation]) {
        self.uuid = uuid
        self.name = name
        self.ready = ready
        self.addresses = addresses
    }
}

package import Spec

/// A libvirt network as it is on a node, ours or anybody's.
package struct ObservedNetwork: Sendable, Equatable {
    package var uuid: UniqueID
    package var name: String
    package var isActive: Bool
    package var autostart: Bool
    /// Whether a definition remains when it stops; somebody may have undefined it while it runs.
    package var isPersistent = true
    package var mark: NetworkMark?
    package var markProblem: String?
    /// The address block of its own interface, where it has one.
    package var cidr: CIDR?
    package var bridge: String?
    /// Of the live network where it runs, else of the definition.
    package var reservations: [Reservation]
    package var fingerprint: String
    /// What the definition says and what runs; nil where that is not known, or nothing runs.
    package var definition: NetworkShape?
    package var live: NetworkShape?
    /// Its way to other nodes, as the kernel has it now; nil where there is none, or nobody looked.
    package var link: OverlayLink?

    package init(
        uuid: UniqueID, name: String, isActive: Bool, autostart: Bool, mark: NetworkMark?, markProblem: String? = nil,
        cidr: CIDR?, bridge: String?, reservations: [Reservation], fingerprint: String,
        definition: NetworkShape? = nil, live: NetworkShape? = nil
    ) {
        self.uuid = uuid
        self.name = name
        self.isActive = isActive
        self.autostart = autostart
        self.mark = mark
        self.markProblem = markProblem
        self.cidr = cidr
        self.bridge = bridge
        self.reservations = reservations
        self.fingerprint = fingerprint
        self.definition = definition
        self.live = live
    }
}

/// An address that a network's DHCP server keeps for one MAC.
package struct Reservation: Sendable, Hashable {
    package var mac: MACAddress
    package var address: IPv4Address
    package var name: String

    package init(mac: MACAddress, address: IPv4Address, name: String) {
        self.mac = mac
        self.address = address
        self.name = name
    }

    /// Whether it keeps what another asks for; it may lack the name, which only one of a guest's NICs can have in a network.
    func gives(_ other: Reservation) -> Bool {
        mac == other.mac && address == other.address && (name == other.name || name.isEmpty)
    }
}

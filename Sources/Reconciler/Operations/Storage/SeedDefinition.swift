package import Spec
package import YAML

/// The cloud-init NoCloud seed of an instance, before secrets are put in.
package struct SeedDefinition: Sendable, Equatable {
    /// How a NIC gets its address in the guest.
    package enum Addressing: Sendable, Equatable {
        case fixed(address: IPv4Address, prefix: Int, gateway: IPv4Address?, dns: [IPv4Address])
        case dhcp
        /// Nobody gives one.
        case none
    }

    package struct IPv6: Sendable, Equatable {
        /// In a /64.
        package var address: IPv6Address
        package var gateway: IPv6Address?

        package init(address: IPv6Address, gateway: IPv6Address?) {
            self.address = address
            self.gateway = gateway
        }
    }

    package struct NIC: Sendable, Equatable {
        package var name: Name
        package var mac: MACAddress
        package var addressing: Addressing
        /// Its IPv6 address and gateway beside a fixed IPv4 one; nil where it has none, or chooses by advertisement.
        package var ipv6: IPv6?
        /// The largest packet that it is to send, in bytes; nil for 1500.
        package var mtu: Int?
        /// Its ways to other networks, beside a default route.
        package var routes: [Route] = []
        /// Ways that it had before, which a running guest gives up.
        package var formerRoutes: [Route] = []
        /// Whether a running guest keeps the addresses that it has there, as only its routes change.
        package var keepsAddress = false
        /// Whether the default route leads through it; nil for the first NIC that has a gateway.
        package var leadsOut: Bool?
        /// The domains in which it looks for names, where its address is fixed.
        package var search: [HostName] = []

        package init(name: Name, mac: MACAddress, addressing: Addressing, mtu: Int? = nil) {
            self.name = name
            self.mac = mac
            self.addressing = addressing
            self.mtu = mtu
        }

        /// A NIC of an instance in its network, with the identity that it was given.
        init(_ nic: Spec.NIC, of instance: Instance, in network: Network, _ identity: DomainMark.NIC) {
            self.init(
                name: nic.name, mac: identity.mac, addressing: network.addressing(given: identity.address),
                mtu: nic.mtu ?? network.packetSize)
            // A firewall lets no IPv6 through: an address would only be tried in vain.
            if instance.firewall == nil, let address = identity.address.flatMap({ network.address6(beside: $0) }) {
                ipv6 = IPv6(address: address, gateway: network.mode.traits.leadsOut ? network.gatewayAddress6 : nil)
            }
            routes = nic.routes
            leadsOut = nic.leadsOut
            search = network.search
        }
    }

    /// The NIC that leads out: the one that says so, else the first that has a gateway; nil where none does.
    package static func leader(of nics: [NIC]) -> Int? {
        if let chosen = nics.firstIndex(where: { $0.leadsOut == true }) { return chosen }
        return nics.firstIndex {
            if case .fixed(_, _, .some, _) = $0.addressing { $0.leadsOut != false } else { false }
        }
    }

    /// The same by IPv6: the one that leads out by IPv4 where it has an IPv6 gateway, too, else the first that has one.
    package static func leader6(of nics: [NIC]) -> Int? {
        if let leader = leader(of: nics), nics[leader].ipv6?.gateway != nil { return leader }
        return nics.firstIndex { $0.ipv6?.gateway != nil && $0.leadsOut != false }
    }

    package var path: String
    /// The domain whose UUID is the `instance-id`.
    package var owner: UniqueID
    package var hostname: HostName
    package var user: String?
    /// Public keys, one line each.
    package var sshKeys: [String]
    package var rootPassword: Secret?
    package var nics: [NIC]
    package var cloudInit: YAML.Node?
    /// What the first boot does for the roles.
    package var guest = GuestRequirements()
    /// Nil for the first seed, which is never written over.
    ///
    /// Another seed replaces the file that is there; where this is not empty, cloud-init takes the machine for a new
    /// one, and does again what it does once.
    package var revision: String?

    package init(
        path: String, owner: UniqueID, hostname: HostName, user: String?, sshKeys: [String], rootPassword: Secret?,
        nics: [NIC], cloudInit: YAML.Node?
    ) {
        self.path = path
        self.owner = owner
        self.hostname = hostname
        self.user = user
        self.sshKeys = sshKeys
        self.rootPassword = rootPassword
        self.nics = nics
        self.cloudInit = cloudInit
    }
}

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

    package struct NIC: Sendable, Equatable {
        package var name: Name
        package var mac: MACAddress
        package var addressing: Addressing
        /// The largest packet that it is to send, in bytes; nil for 1500.
        package var mtu: Int?

        package init(name: Name, mac: MACAddress, addressing: Addressing, mtu: Int? = nil) {
            self.name = name
            self.mac = mac
            self.addressing = addressing
            self.mtu = mtu
        }
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

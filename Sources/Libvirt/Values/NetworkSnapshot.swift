package import FoundationEssentials

/// A network as one look at it found it.
package struct NetworkSnapshot: Equatable, Sendable {
    package let uuid: UUID
    package let name: String
    package let isActive: Bool
    package let autostart: Bool
    /// Whether a definition remains when the network stops.
    package let persistent: Bool
    /// The definition, as the next start would use it.
    package let inactiveXML: String
    /// The running network's XML; nil when it does not run.
    package let liveXML: String?
    /// What its DHCP server has given away; empty when it does not run.
    package let leases: [DHCPLease]
}

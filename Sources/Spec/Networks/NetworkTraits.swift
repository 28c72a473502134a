/// What the networks of a mode have in common.
package struct NetworkTraits: Sendable, Equatable {
    /// Who gives addresses by DHCP.
    package enum DHCPServer: Sendable, Equatable {
        /// libvirt on each node, as kvmctl sets it.
        case ours
        /// A server on the LAN, which guests ask where the spec says nothing; with the reason why nothing of ours does.
        case lan(whyNotOurs: String)
        /// One that may be there already: guests ask it where the spec says nothing.
        case present
    }

    /// Whether a network cannot be without `cidr`.
    package var needsCIDR = false
    package var dhcpServer = DHCPServer.ours
    /// Whether the gateway answers guests' DNS questions, so that it is their name server where the spec names none.
    package var answersNames = false
    /// Whether the gateway leads anywhere: a default route to one that does not would hide a real one.
    package var leadsOut = true
    /// Whether nodes carry its networks between them, so that guests on different nodes are in one.
    package var isCarried = false
    /// Whether its guests' frames pass the nodes' packet filters by.
    package var passesFilters = false
    /// Whether each node has an address in its networks where the spec names no gateway, for those that kvmctl makes.
    package var hasGatewayUnasked = true
    /// The largest packet that its networks carry where the spec says nothing, in bytes; nil for 1500.
    package var usualMTU: Int?
}

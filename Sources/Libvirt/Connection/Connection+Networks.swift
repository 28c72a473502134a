import CLibvirt
package import FoundationEssentials

/// Defining, starting, changing and removing networks.
extension Connection {
    /// A network's XML: the definition, or of what runs where it runs.
    package func networkXML(_ name: String, inactive: Bool) throws(LibvirtError) -> String {
        try network(name).xml(inactive: inactive)
    }

    /// Defines a network, or redefines the one with the XML's UUID, and gives its UUID.
    ///
    /// Redefining changes what the next start uses and leaves the running network alone.
    @discardableResult
    package func defineNetwork(_ xml: String) throws(LibvirtError) -> UUID {
        NetworkHandle(owning: try found("virNetworkDefineXML", virNetworkDefineXML(raw(), xml))).uuid
    }

    /// Starts a network: its bridge, its addresses, its DHCP server.
    package func startNetwork(_ name: String) throws(LibvirtError) {
        let network = try network(name)
        try network.check("virNetworkCreate", virNetworkCreate(network.raw))
    }

    /// Stops a network and takes its bridge away; guests that use it lose their link until each is plugged in again.
    package func destroyNetwork(_ name: String) throws(LibvirtError) {
        let network = try network(name)
        try network.check("virNetworkDestroy", virNetworkDestroy(network.raw))
    }

    /// Removes a network's definition; a running network goes on as a transient one.
    package func undefineNetwork(_ name: String) throws(LibvirtError) {
        let network = try network(name)
        try network.check("virNetworkUndefine", virNetworkUndefine(network.raw))
    }

    /// Has the network start with the node, or not.
    package func setAutostart(_ autostart: Bool, ofNetwork name: String) throws(LibvirtError) {
        let network = try network(name)
        try network.check("virNetworkSetAutostart", virNetworkSetAutostart(network.raw, autostart ? 1 : 0))
    }

    /// Changes one section of a network without a restart.
    ///
    /// Not safe to repeat: adding what is there, and deleting what is not, are errors. Look first.
    package func updateNetwork(
        _ name: String, _ update: NetworkUpdate, affecting impact: ModificationImpact
    ) throws(LibvirtError) {
        let network = try network(name)
        try network.check(
            "virNetworkUpdate",
            virNetworkUpdate(
                network.raw, update.command.rawValue, update.section.rawValue, update.parentIndex, update.xml,
                impact.rawValue))
    }

    /// The handle of the network of that name.
    func network(_ name: String) throws(LibvirtError) -> NetworkHandle {
        NetworkHandle(
            owning: try found("virNetworkLookupByName", virNetworkLookupByName(raw(), name), "network \(name)"))
    }
}

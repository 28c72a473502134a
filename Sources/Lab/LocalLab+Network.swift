import FoundationEssentials

extension LocalLab {
    /// Makes the machine's bridge with the controller's address, if it is not there.
    ///
    /// Its alias names the state folder: so a lab whose folder was removed is recognised by another one. Nothing
    /// else of the machine's network is changed, neither forwarding nor the firewall.
    func createBridge(_ subnet: LabSubnet) async throws(LabError) {
        guard !linkExists(names.bridge) else { return }
        let attempt = "make the bridge \(names.bridge)"
        try await HostCommand(
            "ip", "link", "add", names.bridge, "type", "bridge", "stp_state", "0", "forward_delay", "0"
        )
        .run(to: attempt)
        do {
            try await HostCommand("ip", "link", "set", names.bridge, "alias", AbandonedLab.aliasPrefix + paths.state)
                .run(to: attempt)
            try await HostCommand("ip", "address", "add", subnet.controller + "/24", "dev", names.bridge).run(
                to: attempt)
            try await HostCommand("ip", "link", "set", names.bridge, "up").run(to: attempt)
        } catch {
            await removeLink(names.bridge)
            throw error
        }
    }

    /// Lays the cable between the bridge and a node's network namespace, where it is called `uplink`.
    func createCable(to node: LabNode, process: ProcessIdentity) async throws(LabError) {
        let attempt = "connect the node \(node.name) to the bridge"
        try await HostCommand(
            "ip", "link", "add", names.cable(toNode: node.index), "type", "veth",
            "peer", "name", "uplink", "address", names.hardwareAddress(ofNode: node.index), "netns", "\(process.id)"
        ).run(to: attempt)
    }

    /// Lays the cable to a running node that has lost it, and plugs it in at both ends.
    ///
    /// This happens when somebody else has deleted the machine's bridge or its cables.
    func restoreCable(to node: LabNode, process: ProcessIdentity) async throws(LabError) {
        guard !linkExists(names.cable(toNode: node.index)) else { return }
        try await createCable(to: node, process: process)
        try await HostCommand(
            "nsenter", "--target", "\(process.id)", "--net", "ip", "link", "set", "uplink", "master", "br0", "up"
        ).run(to: "connect the node \(node.name) to the bridge")
    }

    /// Puts the cable of a node into the bridge: the start of its network, or its return after a cut.
    func link(_ node: LabNode) async throws(LabError) {
        let cable = names.cable(toNode: node.index)
        guard !isLinked(node) else { return }
        try await HostCommand("ip", "link", "set", cable, "master", names.bridge, "up")
            .run(to: "connect the node \(node.name) to the bridge")
    }

    /// Takes the cable of a node out of the bridge: what is sent to it or by it is lost without any answer.
    func unlink(_ node: LabNode) async throws(LabError) {
        try await HostCommand("ip", "link", "set", names.cable(toNode: node.index), "nomaster")
            .run(to: "cut the node \(node.name) off the bridge")
    }

    /// Whether the cable of a node is in the bridge.
    func isLinked(_ node: LabNode) -> Bool {
        let cable = names.cable(toNode: node.index)
        return FileManager.default.fileExists(atPath: "/sys/class/net/\(cable)/master")
    }

    func linkExists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "/sys/class/net/\(name)")
    }

    /// Removes a bridge or a cable, if it is there; a cable goes from both its ends.
    func removeLink(_ name: String) async {
        guard linkExists(name) else { return }
        _ = await HostCommand("ip", "link", "delete", name).succeeds()
    }
}

/// How a lab is, as seen at one moment.
package struct LabStatus: Sendable, Equatable, Codable {
    /// The state folder.
    package let state: String

    /// The network, as in 10.77.0.0/24.
    package let network: String

    /// The machine's bridge.
    package let bridge: String

    /// The guest image, when it has been put into the state folder.
    package let image: String?

    package let nodes: [Node]

    /// Whether every node runs, is linked and answers.
    package var isHealthy: Bool { nodes.allSatisfy { $0.condition == .running } }

    /// One node of the lab.
    package struct Node: Sendable, Equatable, Codable {
        package let name: String
        package let address: String

        /// Who logs in to it.
        package let user: String

        /// In what it differs from a plain node.
        package let traits: [NodeTrait]

        package let condition: Condition

        /// The first process, as seen from the machine.
        package let process: Int32?

        /// How many guests run on it, as it says itself.
        package let runningGuests: Int?
    }

    /// What can be said of a node.
    package enum Condition: String, Sendable, Codable {
        /// Its processes run and libvirt answers over ssh.
        case running
        /// Its processes run; sshd or libvirt does not answer.
        case silent
        /// Its processes run; its cable is out of the bridge.
        case cut
        /// It has no processes.
        case down
    }
}

extension LocalLab {
    /// Looks at the lab, changing nothing; nil when there is none.
    ///
    /// Needs root to ask the nodes, since their key is root's.
    package func status() async throws(LabError) -> LabStatus? {
        guard let record = try LabRecord.read(from: paths.record) else { return nil }
        let subnet = LabSubnet(third: record.subnet)
        var nodes: [LabStatus.Node] = []
        for node in record.nodes {
            let process = node.process.flatMap { $0.isRunning ? $0 : nil }
            let reachable = process != nil && isLinked(node)
            let guests = reachable ? await runningGuests(on: node) : nil
            let condition: LabStatus.Condition =
                process == nil ? .down : !reachable ? .cut : guests == nil ? .silent : .running
            nodes.append(
                LabStatus.Node(
                    name: node.name, address: subnet.address(ofNode: node.index), user: node.user, traits: node.traits,
                    condition: condition, process: process?.id, runningGuests: guests))
        }
        let image = readableImage
        return LabStatus(state: paths.state, network: subnet.cidr, bridge: names.bridge, image: image, nodes: nodes)
    }
}

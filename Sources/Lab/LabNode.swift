import FoundationEssentials

/// One node of a lab, as it was defined when it was first made.
package struct LabNode: Sendable, Equatable, Codable {
    /// Its number, counted from 1.
    package let index: Int

    /// libvirt's identity of the machine; must differ between nodes, or migration is refused.
    package let hostUUID: String

    /// systemd's identity of the machine, 32 hexadecimal digits.
    package let machineID: String

    /// Its first process, as seen from the machine; nil while it is down.
    package var process: ProcessIdentity?

    package init(index: Int, hostUUID: String, machineID: String, process: ProcessIdentity? = nil) {
        self.index = index
        self.hostUUID = hostUUID
        self.machineID = machineID
        self.process = process
    }

    /// A node with identities that no machine had before.
    static func new(index: Int) -> LabNode {
        let machineID = UUID().uuidString.lowercased().filter { $0 != "-" }
        return LabNode(index: index, hostUUID: UUID().uuidString.lowercased(), machineID: machineID)
    }

    package var name: String { LabNode.name(index) }

    /// The name of the node with this number.
    package static func name(_ index: Int) -> String { "kvm\(index)" }

    /// The most nodes that a lab has; the names of all of them are in every node's hosts file from the start.
    package static let limit = 64
}

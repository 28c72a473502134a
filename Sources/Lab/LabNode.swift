import FoundationEssentials

/// One node of a lab, as it was defined when it was first made.
package struct LabNode: Sendable, Equatable, Codable {
    /// Its number, counted from 1.
    package let index: Int

    /// libvirt's identity of the machine; must differ between nodes, or migration is refused.
    package let hostUUID: String

    /// systemd's identity of the machine, 32 hexadecimal digits.
    package let machineID: String

    /// In what it differs from a plain node, sorted; it is fixed when the node is made.
    package let traits: [NodeTrait]

    /// Its first process, as seen from the machine; nil while it is down.
    package var process: ProcessIdentity?

    package init(
        index: Int, hostUUID: String, machineID: String, traits: Set<NodeTrait> = [], process: ProcessIdentity? = nil
    ) {
        self.index = index
        self.hostUUID = hostUUID
        self.machineID = machineID
        self.traits = traits.sorted()
        self.process = process
    }

    /// Reads a node of any lab; those of before there were traits are plain.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        index = try fields.decode(Int.self, forKey: .index)
        hostUUID = try fields.decode(String.self, forKey: .hostUUID)
        machineID = try fields.decode(String.self, forKey: .machineID)
        traits = try fields.decodeIfPresent([NodeTrait].self, forKey: .traits) ?? []
        process = try fields.decodeIfPresent(ProcessIdentity.self, forKey: .process)
    }

    /// A node with identities that no machine had before.
    static func new(index: Int, traits: Set<NodeTrait> = []) -> LabNode {
        let machineID = UUID().uuidString.lowercased().filter { $0 != "-" }
        return LabNode(
            index: index, hostUUID: UUID().uuidString.lowercased(), machineID: machineID, traits: traits)
    }

    /// Who logs in to it.
    package var user: String { has(.sudoUser) ? NodeConfiguration.ordinaryUser : "root" }

    package func has(_ trait: NodeTrait) -> Bool { traits.contains(trait) }

    package var name: String { LabNode.name(index) }

    /// The name of the node with this number.
    package static func name(_ index: Int) -> String { "kvm\(index)" }

    /// The most nodes that a lab has; the names of all of them are in every node's hosts file from the start.
    package static let limit = 64
}

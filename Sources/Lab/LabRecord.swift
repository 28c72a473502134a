import FoundationEssentials

/// What a lab has made so far, written down after each step so that the next command finds it.
package struct LabRecord: Sendable, Equatable, Codable {
    /// The format of the file.
    package var version = 1

    /// The third number of the subnet.
    package var subnet: Int

    package var nodes: [LabNode]

    package init(subnet: Int, nodes: [LabNode] = []) {
        self.subnet = subnet
        self.nodes = nodes
    }

    /// Reads the record of a state folder; nil when there is none.
    package static func read(from path: String) throws(LabError) -> LabRecord? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(LabRecord.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw LabError(
                "read the lab's record \(path)", reason: "\(error)",
                remedy: "remove the file; `kvmctl lab down` finds the processes without it")
        }
    }

    /// Writes the record so that a reader sees the old one or the new one, never a part.
    package func write(to path: String) throws(LabError) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(self).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw LabError("write the lab's record \(path)", reason: "\(error)")
        }
    }
}

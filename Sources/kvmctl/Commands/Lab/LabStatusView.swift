import Foundation
import Lab

/// A lab's status as text.
enum LabStatusView {
    /// The nodes as a table below a line about the whole.
    static func table(_ status: LabStatus) -> String {
        let image = status.image.map { "image \($0)" } ?? "no plain guest image yet (kvmctl lab image)"
        let heading = ["NODE", "ADDRESS", "USER", "CONDITION", "GUESTS", "TRAITS"]
        let rows = status.nodes.map { node in
            [
                node.name, node.address, node.user, node.condition.rawValue,
                node.runningGuests.map(String.init) ?? "-", node.traits.map(\.rawValue).joined(separator: ","),
            ]
        }
        let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([heading] + rows).map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
        return (["lab \(status.state), network \(status.network), \(image)"] + lines).joined(separator: "\n")
    }

    /// The whole status for programs, with sorted keys.
    static func json(_ status: LabStatus) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(status), as: UTF8.self)
    }
}

import Foundation

/// A command for QEMU's monitor.
struct QEMUCommand: Encodable {
    struct Action: Encodable {
        var type: String
        var data: Target
    }

    struct Target: Encodable {
        var device: String
        var name: String
    }

    struct Arguments: Encodable {
        var actions: [Action]?
        var device: String?
        var name: String?
    }

    var execute: String
    var arguments: Arguments

    /// The command as JSON.
    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

/// What QEMU's monitor replied.
struct QEMUAnswer: Decodable {
    struct Problem: Decodable { let desc: String }
    struct Nothing: Decodable {}
    let `return`: Nothing?
    let error: Problem?

    /// Reads a reply; nil where it is none.
    init?(reading reply: String) {
        guard let answer = try? JSONDecoder().decode(QEMUAnswer.self, from: Data(reply.utf8)) else { return nil }
        self = answer
    }
}

/// A disk of a running machine as QEMU has it.
struct QEMUDisk: Equatable {
    /// QEMU's own name for it.
    var name: String
    var path: String
    var format: String
    /// The names of the snapshots within it.
    var snapshots: Set<String>

    /// The disks that the machine can write to, from the reply to `query-block`.
    static func writable(in reply: String) throws -> [QEMUDisk] {
        try JSONDecoder().decode(QEMUBlocks.self, from: Data(reply.utf8)).return.compactMap(\.inserted)
            .filter { !$0.ro }.compactMap { inserted in
                inserted.name.map {
                    QEMUDisk(
                        name: $0, path: inserted.image.filename, format: inserted.drv,
                        snapshots: Set(inserted.image.snapshots?.map(\.name) ?? []))
                }
            }
    }
}

private struct QEMUBlocks: Decodable {
    struct Block: Decodable { let inserted: Inserted? }
    struct Inserted: Decodable {
        struct Snapshot: Decodable { let name: String }
        struct Image: Decodable {
            let filename: String
            let snapshots: [Snapshot]?
        }
        let ro: Bool
        let drv: String
        let name: String?
        let image: Image

        enum CodingKeys: String, CodingKey {
            case ro, drv, image
            case name = "node-name"
        }
    }
    let `return`: [Block]
}

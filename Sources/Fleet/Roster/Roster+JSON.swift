import Foundation
package import Reconciler
import Spec

extension Roster {
    /// The roster as JSON, for people too; equal rosters are equal bytes.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Text, whole numbers, lists and maps with text as keys: nothing in it can fail to be encoded.
        guard let data = try? encoder.encode(RosterFile(self)) else { return [] }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// Reads what `json` wrote, in this or another version of kvmctl.
    ///
    /// - Throws: where the file is damaged, or of a format that this version does not know.
    package init(json: [UInt8]) throws(RosterError) {
        let decoder = JSONDecoder()
        let data = Data(json)
        let file: RosterFile
        do {
            let version = try decoder.decode(Version.self, from: data).formatVersion
            guard version == RosterFile.currentVersion else {
                throw RosterError(
                    "the roster has format \(version), which this version of kvmctl cannot read; use a newer one")
            }
            file = try decoder.decode(RosterFile.self, from: data)
        } catch let error as RosterError {
            throw error
        } catch let error as DecodingError {
            throw RosterError("the roster is damaged: \(error.reason)")
        } catch {
            throw RosterError("the roster is damaged: \(error)")
        }
        try self.init(file)
    }

    private init(_ file: RosterFile) throws(RosterError) {
        self.init(
            cluster: ClusterIdentity(name: try name(file.cluster.name, "cluster.name"), id: file.cluster.id),
            generation: file.generation, nodes: [:], instances: [:], keptDisks: [])
        for (key, member) in file.nodes {
            nodes[try name(key, "nodes")] = Member(
                machine: member.machine, host: member.host.flatMap { UniqueID($0) },
                markedFolders: member.markedFolders ?? [])
        }
        for (key, entry) in file.instances {
            instances[try name(key, "instances")] = try Entry(entry, at: "instances.\(key)")
        }
        for disk in file.keptDisks {
            keptDisks.append(
                KeptDisk(
                    instance: try name(disk.instance, "keptDisks.instance"),
                    disk: try name(disk.disk, "keptDisks.disk"),
                    part: try name(disk.part, "keptDisks.part"), node: try name(disk.node, "keptDisks.node"),
                    path: disk.path))
        }
        keptDisks.sort { $0.path < $1.path }
    }

    /// Read before everything else, since the rest may be different in another version.
    private struct Version: Decodable {
        var formatVersion: Int
    }
}

extension Roster.Entry {
    fileprivate init(_ entry: RosterFile.Entry, at place: String) throws(RosterError) {
        var macs: [MACAddress] = []
        for mac in entry.macs { macs.append(try value(mac, "\(place).macs", "MAC address") { MACAddress($0) }) }
        var addresses: [IPv4Address] = []
        for address in entry.addresses {
            addresses.append(try value(address, "\(place).addresses", "IPv4 address") { IPv4Address($0) })
        }
        self.init(
            node: try name(entry.node, "\(place).node"), part: try name(entry.part, "\(place).part"),
            uuid: try value(entry.uuid, "\(place).uuid", "UUID") { UniqueID($0) }, macs: macs, addresses: addresses,
            volumes: entry.volumes,
            alsoOn: try entry.alsoOn.map { (text) throws(RosterError) in try name(text, "\(place).alsoOn") },
            doubt: entry.doubt.flatMap { Roster.Doubt(rawValue: $0) })
    }
}

extension RosterFile {
    init(_ roster: Roster) {
        formatVersion = RosterFile.currentVersion
        cluster = Cluster(name: roster.cluster.name.text, id: roster.cluster.id)
        generation = roster.generation
        nodes = Dictionary(
            uniqueKeysWithValues: roster.nodes.map { name, member in
                let folders = member.markedFolders.isEmpty ? nil : member.markedFolders
                return (
                    name.text, Member(machine: member.machine, host: member.host?.text, markedFolders: folders)
                )
            })
        instances = Dictionary(
            uniqueKeysWithValues: roster.instances.map { name, entry in
                (
                    name.text,
                    Entry(
                        node: entry.node.text, part: entry.part.text, uuid: entry.uuid.text,
                        macs: entry.macs.map { "\($0)" }, addresses: entry.addresses.map { "\($0)" },
                        volumes: entry.volumes, alsoOn: entry.alsoOn?.text,
                        doubt: entry.doubt?.rawValue)
                )
            })
        keptDisks = roster.keptDisks.sorted { $0.path < $1.path }.map {
            KeptDisk(
                instance: $0.instance.text, disk: $0.disk.text, part: $0.part.text, node: $0.node.text, path: $0.path)
        }
    }
}

/// A text of the file as what `parse` makes of it.
private func value<Value>(
    _ text: String, _ place: String, _ expectation: String, _ parse: (String) -> Value?
) throws(RosterError) -> Value {
    guard let value = parse(text) else {
        throw RosterError("the roster is damaged: \(MarkText.escaped(text)) at \(place) is not a valid \(expectation)")
    }
    return value
}

private func name(_ text: String, _ place: String) throws(RosterError) -> Name {
    try value(text, place, "name") { Name($0) }
}

extension DecodingError {
    /// What is wrong and where, in one line.
    fileprivate var reason: String {
        switch self {
        case .keyNotFound(let key, let context): "\(path(context, and: key)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(path(context)) has an unexpected type"
        case .dataCorrupted: "it is not JSON"
        @unknown default: "it cannot be decoded"
        }
    }

    private func path(_ context: Context, and key: (any CodingKey)? = nil) -> String {
        let keys = context.codingPath + (key.map { [$0] } ?? [])
        return keys.isEmpty ? "its outermost value" : keys.map(\.stringValue).joined(separator: ".")
    }
}

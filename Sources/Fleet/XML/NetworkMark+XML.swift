import FoundationXML
import Reconciler
import Spec

extension NetworkMark {
    /// The mark's element for the `<metadata>` of a network.
    var xml: XMLElement {
        var record = MarkRecord(attributes: [
            ("cluster", cluster.name.text), ("cluster-id", cluster.id), ("part", part.text),
            ("network", network.text), ("uuid", uuid.text),
        ])
        if let overlay { record.append(overlay) }
        record.append(applied: applied)
        return record.qualified
    }

    /// The mark in a network's metadata.
    ///
    /// - Parameter uuid: the network's own UUID: a mark with another one was copied.
    static func read(from metadata: XMLElement?, of uuid: UniqueID) -> MarkReading<NetworkMark> {
        switch MarkFormat.find(in: metadata) {
        case .absent: return .absent
        case .problem(let reason): return .problem(reason)
        case .element(let element):
            do throws(MarkProblem) {
                let mark = try NetworkMark(reading: MarkReader(element))
                guard mark.uuid == uuid else {
                    return .problem("its mark was copied from the network with the UUID \(mark.uuid)")
                }
                return .readable(mark)
            } catch {
                return .problem("its mark \(error.reason)")
            }
        }
    }

    private init(reading reader: MarkReader) throws(MarkProblem) {
        self.init(
            cluster: try reader.cluster(), part: try reader.name("part"), network: try reader.name("network"),
            uuid: try reader.value("uuid", "UUID") { UniqueID($0) }, applied: try reader.applied(),
            overlay: try reader.children("overlay").first.map { element throws(MarkProblem) in
                try Overlay(reading: element, peers: reader.children("peer"))
            })
    }
}

extension Overlay {
    /// Reads what the hook reads as well, in a shell.
    fileprivate init(reading reader: MarkReader, peers: [MarkReader]) throws(MarkProblem) {
        var known: [Name: IPv4Address] = [:]
        for peer in peers {
            known[try peer.name("node")] = try peer.value("address", "IPv4 address") { IPv4Address($0) }
        }
        self.init(
            device: try reader.text("device"), number: try reader.value("vni", "number") { Int($0) },
            mtu: try reader.value("mtu", "number") { Int($0) },
            address: try reader.value("address", "IPv4 address") { IPv4Address($0) }, peers: known)
    }
}

extension MarkRecord {
    /// Adds how a node carries its network; peers are sorted, so that equal marks are equal text.
    fileprivate mutating func append(_ overlay: Overlay) {
        children.append(
            (
                "overlay",
                [
                    ("device", overlay.device), ("vni", "\(overlay.number)"), ("mtu", "\(overlay.mtu)"),
                    ("address", "\(overlay.address)"),
                ]
            ))
        for (node, address) in overlay.peers.sorted(by: { $0.key < $1.key }) {
            children.append(("peer", [("node", node.text), ("address", "\(address)")]))
        }
    }
}

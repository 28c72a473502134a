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
            uuid: try reader.value("uuid", "UUID") { UniqueID($0) }, applied: try reader.applied())
    }
}

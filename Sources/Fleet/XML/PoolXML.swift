import FoundationXML
package import Libvirt
package import Reconciler
import Spec

/// The XML of a folder pool, from its definition.
package enum PoolXML {
    /// The text that libvirt is given to define the pool.
    package static func text(_ definition: PoolDefinition) -> String {
        XMLElement(
            "pool", ["type": "dir"],
            [
                XMLElement("name", text: definition.name),
                XMLElement("uuid", text: definition.uuid.text),
                XMLElement("target", [:], [XMLElement("path", text: definition.path)]),
            ]
        ).indentedText
    }
}

extension ObservedPool {
    /// What one look at a pool found; nil for a pool that is no folder of the node, such as one on iSCSI or RBD.
    ///
    /// - Throws: where the XML cannot be read.
    package init?(_ snapshot: PoolSnapshot) throws(XMLReadingError) {
        let pool = try ObservedPool.read(
            xml: snapshot.xml, name: snapshot.name, isActive: snapshot.state == .running,
            autostart: snapshot.autostart)
        guard let pool else { return nil }
        self = pool
    }

    /// What a pool's XML and state say; nil for a pool that is no folder of the node, such as one on iSCSI or RBD.
    ///
    /// - Throws: where the XML cannot be read.
    package static func read(
        xml: String, name: String, isActive: Bool, autostart: Bool
    ) throws(XMLReadingError) -> ObservedPool? {
        try XMLElement.withRoot("pool", of: xml, describing: "the pool \(name)") { root throws(XMLReadingError) in
            guard ["dir", "fs", "netfs"].contains(root["type"]) else { return nil }
            guard let path = root.descendant("target", "path")?.stringValue, !path.isEmpty else { return nil }
            return ObservedPool(
                name: name, path: path, isActive: isActive, autostart: autostart,
                capacity: root.child("capacity")?.size(defaultUnit: "bytes") ?? Size(bytes: 0),
                available: root.child("available")?.size(defaultUnit: "bytes") ?? Size(bytes: 0),
                uuid: root.child("uuid")?.stringValue.flatMap { UniqueID($0) })
        }
    }
}

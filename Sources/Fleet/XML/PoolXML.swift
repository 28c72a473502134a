import FoundationXML
package import Libvirt
package import Reconciler
import Spec

/// The XML of a folder pool, from its definition.
package enum PoolXML {
    /// The text that libvirt is given to define the pool.
    ///
    /// - Parameter name: what the pool is called that is there already.
    package static func text(_ definition: PoolDefinition, named name: String? = nil) -> String {
        let pool = XMLElement(
            "pool", ["type": definition.source.libvirtType],
            [
                XMLElement("name", text: name ?? definition.name),
                XMLElement("uuid", text: definition.uuid.text),
            ])
        for (place, value) in definition.source.values.sorted(by: { $0.key < $1.key }) { pool.put(value, at: place) }
        pool.ensureChild("target").addChild(XMLElement("path", text: definition.path))
        return pool.indentedText
    }
}

extension XMLElement {
    /// Puts a text below a pool's element; elements on the way are made where there are none.
    fileprivate func put(_ value: String, at place: PoolPlace) {
        let element = place.elements.reduce(self) { $0.ensureChild($1) }
        if let attribute = place.attribute { element.set(attribute, to: value) } else { element.stringValue = value }
    }

    /// The text at a place below a pool's element.
    fileprivate func text(at place: PoolPlace) -> String? {
        var element: XMLElement? = self
        for name in place.elements { element = element?.child(name) }
        guard let attribute = place.attribute else { return element?.stringValue }
        return element?[attribute]
    }

    /// What a pool is made of.
    fileprivate var poolSource: PoolSource {
        var source = PoolSource(libvirtType: self["type"] ?? "")
        for place in PoolType.places { source.values[place] = text(at: place) }
        return source
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
            guard PoolType.folderTypes.contains(root["type"] ?? "") else { return nil }
            guard let path = root.descendant("target", "path")?.stringValue, !path.isEmpty else { return nil }
            return ObservedPool(
                name: name, path: path, isActive: isActive, autostart: autostart,
                capacity: root.child("capacity")?.size(defaultUnit: "bytes") ?? Size(bytes: 0),
                available: root.child("available")?.size(defaultUnit: "bytes") ?? Size(bytes: 0),
                uuid: root.child("uuid")?.stringValue.flatMap { UniqueID($0) }, source: root.poolSource)
        }
    }

    /// Whether its XML says more than where its folder is.
    var hasSource: Bool { !source.values.isEmpty }

    /// Takes what a running pool's definition says, which is what it is made of when it starts next.
    ///
    /// - Throws: where the XML cannot be read.
    mutating func take(definition xml: String) throws(XMLReadingError) {
        definedSource = try XMLElement.withRoot("pool", of: xml, describing: "the pool \(name)") { $0.poolSource }
    }
}

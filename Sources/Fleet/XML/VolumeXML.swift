import FoundationXML
package import Reconciler
import Spec

/// The XML of a volume in a folder pool.
package enum VolumeXML {
    /// The text that libvirt is given to make a qcow2 volume, empty or over a backing file.
    ///
    /// No format feature that trades safety for speed is asked for: a node may lose power at any time.
    package static func text(_ definition: VolumeDefinition) -> String {
        let volume = volume(
            named: name(ofPath: definition.path), capacity: definition.capacity.bytes,
            target: [XMLElement("format", ["type": "qcow2"]), XMLElement("compat", text: "1.1")])
        if let backing = definition.backingPath {
            volume.addChild(
                XMLElement(
                    "backingStore", [:],
                    [XMLElement("path", text: backing), XMLElement("format", ["type": "qcow2"])]))
        }
        return volume.indentedText
    }

    /// The name by which a folder pool knows a file.
    package static func name(ofPath path: String) -> String {
        path.split(separator: "/").last.map { String($0) } ?? path
    }

    /// Readable by root and the guest's own QEMU alone, which libvirt makes the owner while the guest runs.
    private static func volume(named name: String, capacity: UInt64, target: [XMLElement]) -> XMLElement {
        XMLElement(
            "volume", ["type": "file"],
            [
                XMLElement("name", text: name),
                XMLElement("capacity", ["unit": "bytes"], text: "\(capacity)"),
                XMLElement("allocation", ["unit": "bytes"], text: "0"),
                XMLElement(
                    "target", [:],
                    target + [XMLElement("permissions", [:], [XMLElement("mode", text: "0600")])]),
            ])
    }
}

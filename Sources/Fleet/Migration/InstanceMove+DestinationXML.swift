import FoundationXML
import Reconciler
import Spec

extension InstanceMove {
    /// A disk as it is made on the destination, empty.
    func volume(of disk: Disk) -> VolumeDefinition {
        VolumeDefinition(
            path: mark.destinationPath(disk.path), capacity: disk.capacity,
            backingPath: disk.backingPath.map(mark.destinationPath),
            owner: uuid)
    }

    /// The domain's XML with the paths that its files have on the destination, the names that a filtered guest's interfaces keep, and
    /// everything else as it was.
    ///
    /// Of a disk with another path libvirt is to find out itself what it stands on there.
    func destinationXML(_ xml: String) throws(XMLReadingError) -> String {
        if folders.isEmpty, ownTaps.isEmpty { return xml }
        let paths = Set(sourcePaths)
        return try XMLElement.withRoot("domain", of: xml, describing: "the domain \(name)") { root in
            for nic in root.child("devices")?.childElements ?? [] where nic.name == "interface" {
                if let mac = nic.child("mac")?["address"].flatMap({ MACAddress($0) }), ownTaps.contains(mac) {
                    nic.nameTap()
                }
            }
            for disk in root.child("devices")?.childElements ?? [] where disk.name == "disk" {
                guard let source = disk.child("source"), let path = source["file"], paths.contains(path) else {
                    continue
                }
                source.set("file", to: mark.destinationPath(path))
                disk.child("backingStore")?.detach()
            }
            return root.xmlString
        }
    }
    /// The same for a stopped instance whose files are whole on the destination, as its mark says from the first moment.
    func completedXML(_ xml: String) throws -> String {
        try XMLElement.withRoot("domain", of: try destinationXML(xml), describing: "the domain \(name)") { root in
            if case .element(let mark) = MarkFormat.find(in: root.child("metadata")) { mark.set("arrived", to: "yes") }
            return root.xmlString
        }
    }
}

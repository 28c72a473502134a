import FoundationXML
import Libvirt
import Reconciler
import Spec

extension ObservedDomain.Snapshot {
    /// What libvirt's description of a snapshot says.
    ///
    /// - Throws: where the XML cannot be read.
    init(_ saved: SavedSnapshot) throws(XMLReadingError) {
        self = try XMLElement.withRoot("domainsnapshot", of: saved.xml, describing: "the snapshot \(saved.name)") {
            root in
            let memory = root.child("memory")?["snapshot"]
            let disks = root.child("disks")?.childElements.compactMap { $0["snapshot"] } ?? []
            return ObservedDomain.Snapshot(
                name: saved.name, hasMemory: memory == "internal" || memory == "external",
                isExternal: memory == "external" || disks.contains("external"), isCurrent: saved.isCurrent,
                madeAt: root.child("creationTime")?.stringValue.flatMap { UInt64($0) })
        }
    }
}

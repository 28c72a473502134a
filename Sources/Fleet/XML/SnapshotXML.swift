import FoundationXML
import Reconciler

/// The XML that a snapshot is taken with.
enum SnapshotXML {
    /// A snapshot within the disks, with the memory where the domain runs.
    ///
    /// libvirt leaves out disks that are read-only, such as the seed.
    static func text(named name: String, domain: ObservedDomain) -> String {
        XMLElement(
            "domainsnapshot",
            [:], [XMLElement("name", text: name), XMLElement("description", text: "taken by kvmctl")]
        ).indentedText
    }

    /// A snapshot that is in the disks already, for libvirt to know of.
    ///
    /// - Parameter definition: the domain's inactive XML, which comes back with the disks.
    /// - Parameter madeAt: seconds since 1970.
    static func text(
        named name: String, ofDisks disks: [ObservedDomain.Disk], definition: String, madeAt: UInt64,
        of domain: String
    ) throws(XMLReadingError) -> String {
        try XMLElement.withRoot("domain", of: definition, describing: "the domain \(domain)") {
            root throws(XMLReadingError) in
            // The document that the element is in ends with this call.
            guard let definition = root.copy() as? XMLElement else {
                throw XMLReadingError("the XML of the domain \(domain) cannot be copied")
            }
            let parts = disks.compactMap { disk in
                disk.target.map {
                    XMLElement("disk", ["name": $0, "snapshot": disk.isReadOnly ? "no" : "internal"])
                }
            }
            return XMLElement(
                "domainsnapshot", [:],
                [
                    XMLElement("name", text: name), XMLElement("description", text: "taken by kvmctl"),
                    XMLElement("state", text: "shutoff"), XMLElement("creationTime", text: "\(madeAt)"),
                    XMLElement("memory", ["snapshot": "no"]), XMLElement("disks", [:], parts), definition,
                ]
            ).xmlString
        }
    }
}

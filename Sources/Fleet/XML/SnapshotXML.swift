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
}

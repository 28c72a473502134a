/// A domain as one look at it found it.
///
/// Not a libvirt snapshot, which keeps a guest's disks and memory.
@dynamicMemberLookup
package struct DomainSnapshot: Equatable, Sendable {
    package let summary: DomainSummary
    /// The definition, as the next start would use it; of a transient domain, what runs.
    package let inactiveXML: String
    /// The running machine's XML; nil when it does not run.
    package let liveXML: String?
    /// What libvirt keeps of earlier states.
    package let snapshots: [SavedSnapshot]

    /// What lists tell of a domain, with its XML.
    package init(_ summary: DomainSummary, _ text: DomainText, snapshots: [SavedSnapshot]) {
        self.init(
            summary: summary, inactiveXML: text.inactiveXML, liveXML: text.liveXML, snapshots: snapshots)
    }

    init(summary: DomainSummary, inactiveXML: String, liveXML: String?, snapshots: [SavedSnapshot]) {
        self.summary = summary
        self.inactiveXML = inactiveXML
        self.liveXML = liveXML
        self.snapshots = snapshots
    }

    package subscript<Value>(dynamicMember path: KeyPath<DomainSummary, Value>) -> Value {
        summary[keyPath: path]
    }
}

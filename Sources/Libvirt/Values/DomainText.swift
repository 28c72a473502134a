package import FoundationEssentials

/// A domain's XML, as one look found it.
package struct DomainText: Equatable, Sendable {
    package let uuid: UUID
    /// The definition, as the next start would use it; of a transient domain, what runs.
    package let inactiveXML: String
    /// The running machine's XML; nil where it did not run when the domains were listed.
    package let liveXML: String?
}

/// A snapshot that libvirt keeps of a domain: of its disks, and of its memory if it was taken with that.
package struct SavedSnapshot: Equatable, Sendable {
    package let name: String
    /// libvirt's description, with the domain's definition as it was.
    package let xml: String
    /// Whether the domain's present state goes back to it.
    package let isCurrent: Bool
}

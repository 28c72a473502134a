/// What libvirt tells of a domain by leaving others out of a list.
package enum DomainTrait: Sendable, Hashable, CaseIterable {
    case autostart, persistent, snapshots, managedSave
}

import CLibvirt
package import FoundationEssentials

/// Snapshots of domains.
extension Connection {
    /// The snapshots of a domain, sorted by name; a round trip, and two for each.
    package func snapshots(ofDomain uuid: UUID) throws(LibvirtError) -> [SavedSnapshot] {
        try domain(uuid).snapshots()
    }

    /// Takes a snapshot; blocks until memory and disks are written.
    package func createSnapshot(
        _ xml: String, ofDomain uuid: UUID, _ flags: SnapshotFlags = []
    ) throws(LibvirtError) {
        let domain = try domain(uuid)
        let made = try domain.found(
            "virDomainSnapshotCreateXML", virDomainSnapshotCreateXML(domain.raw, xml, flags.rawValue))
        _ = SnapshotHandle(owning: made)
    }

    /// Brings a domain back to what it was, its power included; blocks until it is.
    package func revert(toSnapshot name: String, ofDomain uuid: UUID) throws(LibvirtError) {
        let snapshot = try snapshot(name, of: domain(uuid))
        try snapshot.check("virDomainRevertToSnapshot", virDomainRevertToSnapshot(snapshot.raw, 0))
    }

    /// Deletes a snapshot; those taken after it stay.
    package func deleteSnapshot(_ name: String, ofDomain uuid: UUID) throws(LibvirtError) {
        let snapshot = try snapshot(name, of: domain(uuid))
        try snapshot.check("virDomainSnapshotDelete", virDomainSnapshotDelete(snapshot.raw, 0))
    }

    /// Has libvirt forget a snapshot, and leaves what it holds of it in the disks.
    package func forgetSnapshot(_ name: String, ofDomain uuid: UUID) throws(LibvirtError) {
        let snapshot = try snapshot(name, of: domain(uuid))
        let flags = VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY.rawValue
        do throws(LibvirtError) {
            try snapshot.check("virDomainSnapshotDelete", virDomainSnapshotDelete(snapshot.raw, flags))
        } catch {
            // A driver without disks has nothing else to delete.
            guard error.code == .invalidArgument else { throw error }
            try snapshot.check("virDomainSnapshotDelete", virDomainSnapshotDelete(snapshot.raw, 0))
        }
    }

    private func snapshot(
        _ name: String, of domain: borrowing DomainHandle
    ) throws(LibvirtError) -> SnapshotHandle {
        SnapshotHandle(
            owning: try domain.found(
                "virDomainSnapshotLookupByName", virDomainSnapshotLookupByName(domain.raw, name, 0), "snapshot \(name)")
        )
    }
}

extension DomainHandle {
    /// The domain's snapshots, sorted by name; one that vanishes meanwhile is left out.
    borrowing func snapshots() throws(LibvirtError) -> [SavedSnapshot] {
        let raw = raw
        let references = try list("virDomainListAllSnapshots") { virDomainListAllSnapshots(raw, &$0, 0) }
        // One after the other: it is called for several domains at once.
        let snapshots = try References<SnapshotHandle>(references).fetch { snapshot throws(LibvirtError) in
            do throws(LibvirtError) {
                return SavedSnapshot(
                    name: snapshot.name,
                    xml: try snapshot.text("virDomainSnapshotGetXMLDesc", virDomainSnapshotGetXMLDesc(snapshot.raw, 0)),
                    isCurrent: try snapshot.check(
                        "virDomainSnapshotIsCurrent", virDomainSnapshotIsCurrent(snapshot.raw, 0)) == 1)
            } catch {
                guard error.isNoSnapshot else { throw error }
                return SavedSnapshot?.none
            }
        }
        return snapshots.sorted { $0.name < $1.name }
    }
}

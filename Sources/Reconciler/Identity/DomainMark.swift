package import Spec

/// What kvmctl writes into a domain's `<metadata>`: whose it is, and what was last applied.
///
/// The mark is the identity. A mark whose `uuid` is not its domain's was copied by a clone, and the domain is foreign.
package struct DomainMark: Sendable, Equatable {
    /// How far the instance's creation or deletion has come.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        /// Defined; its volumes may not be there yet, and may be made by the next run.
        case creating
        case active
        /// Its root disk is being made anew: the one that is there may be the old one, the new one or none.
        case replacing
        /// Only to be removed: nothing starts it again.
        case deleting
    }

    /// How far an installation is that has not come to its end.
    ///
    /// What has no such mark is never installed, nor its disk emptied.
    package enum InstallationStage: String, Sendable, Hashable, CaseIterable {
        /// Its root disk is made for it, and empty.
        case due
        /// The installer was started.
        case begun
        /// The installed system's agent has answered.
        case answered
        /// The installer did not come to its end: the next one begins with an empty disk.
        case failed
    }

    /// A NIC's identity, which outlives positions in XML.
    package struct NIC: Sendable, Hashable {
        package var mac: MACAddress
        /// What kvmctl gave it; nil where somebody else gives addresses.
        package var address: IPv4Address?

        package init(mac: MACAddress, address: IPv4Address?) {
            self.mac = mac
            self.address = address
        }
    }

    /// The two files that a disk may be in while it moves to another pool.
    ///
    /// It is written before the new file is made, and goes only when one of the two is gone: it makes both files the
    /// domain's, and the one that the domain does not use nobody's data.
    package struct DiskPaths: Sendable, Hashable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    package var cluster: ClusterIdentity
    package var part: Name
    package var instance: Name
    package var uuid: UniqueID
    package var phase: Phase
    /// Whether it was ever seen ready.
    package var wasReady: Bool
    package var protect: Bool
    /// The base image's file name, which keeps the image from being removed.
    package var baseImage: String
    package var nics: [Name: NIC]
    /// Whether it was there before kvmctl: it never gets a seed or an image, and its disks are its owner's.
    package var isAdopted = false
    /// The effective spec as last applied, by field path; secrets as references.
    package var applied: [String: String]
    /// How far its installation from a CD is; nil where it has none, or it is done.
    package var installation: InstallationStage?
    /// Nil where it is at home.
    package var move: Move?
    /// Of a migrating domain: whether it was seen running at the destination, or all of its files are whole there.
    ///
    /// Written at the destination only, and gone with the move. Without it a definition there is no evidence.
    package var hasMigrated = false
    /// The node that maintenance moved it away from, and to which it may be brought back.
    package var evacuatedFrom: Name?
    /// The risky change that is being tried, or the last one that was rolled back.
    package var trial: ChangeTrial?
    /// The same of its roles, by their names: what was before is in a snapshot of its own.
    package var roleTrial: ChangeTrial?
    /// What libvirt is to call the domain from its next power-off on, since the instance was renamed; nil where it stays.
    package var domainName: String?
    /// Disks that are being moved to another pool, by name.
    package var diskPaths: [String: DiskPaths] = [:]

    package init(
        cluster: ClusterIdentity, part: Name, instance: Name, uuid: UniqueID, phase: Phase, wasReady: Bool,
        protect: Bool, baseImage: String, nics: [Name: NIC], applied: [String: String], move: Move? = nil,
        evacuatedFrom: Name? = nil
    ) {
        self.cluster = cluster
        self.part = part
        self.instance = instance
        self.uuid = uuid
        self.phase = phase
        self.wasReady = wasReady
        self.protect = protect
        self.baseImage = baseImage
        self.nics = nics
        self.applied = applied
        self.move = move
        self.evacuatedFrom = evacuatedFrom
    }
}

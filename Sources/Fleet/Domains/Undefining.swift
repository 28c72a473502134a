import Libvirt
import Reconciler

/// What goes with a domain's definition, and what stays.
enum Undefining {
    /// The flags of the call.
    ///
    /// - Parameter keepsState: whether the firmware's variables and a TPM's state stay: those of an adopted domain belong
    ///   to the disks that stay, which nobody could decrypt without them, and those in a folder that nodes share to the
    ///   domain on the other node.
    /// - Throws: where libvirt would delete a TPM's state that is to stay: before 8.9 it knows no way to keep it.
    static func flags(
        for domain: ObservedDomain, keepsState: Bool, libvirt: LibvirtVersion
    ) throws -> UndefineFlags {
        let all: UndefineFlags = [.managedSave, .snapshotsMetadata, .checkpointsMetadata]
        guard keepsState else { return all.union(.nvram) }
        guard domain.hasEmulatedTPM else { return all.union(.keepNVRAM) }
        guard libvirt >= keepsTPMSince else {
            throw StepProblem(
                "libvirt \(libvirt) deletes the state of its TPM with the definition, and the disks that are kept may not be "
                    + "decryptable without it",
                remedy: "Update libvirt on the node to \(keepsTPMSince) or newer, or copy the TPM's state away "
                    + "(/var/lib/libvirt/swtpm/\(domain.uuid)) and undefine the domain yourself (virsh undefine).")
        }
        return all.union([.keepNVRAM, .keepTPM])
    }

    /// `VIR_DOMAIN_UNDEFINE_KEEP_TPM`, libvirt's release notes.
    private static let keepsTPMSince = LibvirtVersion(major: 8, minor: 9, release: 0)
}

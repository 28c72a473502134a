import CLibvirt
package import FoundationEssentials

/// How far a job on a disk is, in bytes.
package struct BlockJobProgress: Sendable, Hashable {
    package let done: UInt64
    package let total: UInt64

    /// Whether all that was to be copied at this moment is.
    package var isWhole: Bool { total > 0 && done == total }
}

/// Copying a running domain's disk into another file.
extension Connection {
    /// Begins to copy a disk into a file that is there; what the guest writes from then on goes into both.
    ///
    /// - Parameter disk: the guest-side name, such as `vda`.
    /// - Parameter destination: the XML of a disk with the new file.
    /// - Parameter isShallow: whether the new file stands on a backing file with the content of the old one's.
    package func copyBlock(
        _ disk: String, ofDomain uuid: UUID, to destination: String, isShallow: Bool
    ) throws(LibvirtError) {
        let domain = try domain(uuid)
        var flags = VIR_DOMAIN_BLOCK_COPY_REUSE_EXT.rawValue | VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB.rawValue
        if isShallow { flags |= VIR_DOMAIN_BLOCK_COPY_SHALLOW.rawValue }
        try domain.check("virDomainBlockCopy", virDomainBlockCopy(domain.raw, disk, destination, nil, 0, flags))
    }

    /// How far the job on a disk is; nil where none is.
    package func blockJobProgress(_ disk: String, ofDomain uuid: UUID) throws(LibvirtError) -> BlockJobProgress? {
        let domain = try domain(uuid)
        var info = virDomainBlockJobInfo()
        let count = try domain.check(
            "virDomainGetBlockJobInfo", virDomainGetBlockJobInfo(domain.raw, disk, &info, 0))
        return count == 0 ? nil : BlockJobProgress(done: UInt64(info.cur), total: UInt64(info.end))
    }

    /// Ends the job on a disk: the domain goes on with the new file, or with the old one; blocks until it does.
    package func endBlockJob(_ disk: String, ofDomain uuid: UUID, pivoting: Bool) throws(LibvirtError) {
        let domain = try domain(uuid)
        let flags = pivoting ? VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT.rawValue : 0
        try domain.check("virDomainBlockJobAbort", virDomainBlockJobAbort(domain.raw, disk, flags))
    }
}

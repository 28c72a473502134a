import CLibvirt
package import FoundationEssentials

/// Changing what a running domain has.
extension Connection {
    /// Gives a domain that many vCPUs; live, only more than it has, up to its maximum.
    ///
    /// A guest may leave them off until it is told, which `onlineVCPUs` does.
    package func setVCPUs(_ count: UInt32, ofDomain uuid: UUID, affecting impact: ModificationImpact)
        throws(LibvirtError)
    {
        let domain = try domain(uuid)
        try domain.check("virDomainSetVcpusFlags", virDomainSetVcpusFlags(domain.raw, count, impact.rawValue))
    }

    /// Has the guest use that many of the vCPUs it was given, through its agent.
    package func onlineVCPUs(_ count: UInt32, inDomain uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check(
            "virDomainSetVcpusFlags", virDomainSetVcpusFlags(domain.raw, count, VIR_DOMAIN_VCPU_GUEST.rawValue))
    }

    /// Sets the memory that the balloon leaves, in KiB; live at most what is plugged in.
    package func setMemory(kibibytes: UInt, ofDomain uuid: UUID, affecting impact: ModificationImpact)
        throws(LibvirtError)
    {
        let domain = try domain(uuid)
        try domain.check("virDomainSetMemoryFlags", virDomainSetMemoryFlags(domain.raw, kibibytes, impact.rawValue))
    }

    /// What the guest's balloon driver says of a running domain's memory, in KiB; nil where it says nothing.
    package func memoryUse(ofDomain uuid: UUID) throws(LibvirtError) -> MemoryUse? {
        let domain = try domain(uuid)
        var values = [virDomainMemoryStatStruct](
            repeating: virDomainMemoryStatStruct(), count: Int(VIR_DOMAIN_MEMORY_STAT_NR.rawValue))
        let count = try domain.check(
            "virDomainMemoryStats", virDomainMemoryStats(domain.raw, &values, UInt32(values.count), 0))
        func value(_ tag: virDomainMemoryStatTags) -> UInt64? {
            values.prefix(Int(count)).first { $0.tag == Int32(tag.rawValue) }.map { UInt64($0.val) }
        }
        guard let actual = value(VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON),
            let usable = value(VIR_DOMAIN_MEMORY_STAT_USABLE) ?? value(VIR_DOMAIN_MEMORY_STAT_UNUSED)
        else { return nil }
        return MemoryUse(
            actual: actual, usable: usable,
            toldAt: value(VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE).flatMap { $0 > 0 ? $0 : nil })
    }

    /// Asks a running guest's balloon driver for figures that often, so that `memoryUse` has any.
    package func setMemoryStatisticsPeriod(seconds: Int32, ofDomain uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check(
            "virDomainSetMemoryStatsPeriod",
            virDomainSetMemoryStatsPeriod(domain.raw, seconds, ModificationImpact.live.rawValue))
    }

    /// Plugs a device in.
    package func attachDevice(_ xml: String, toDomain uuid: UUID, affecting impact: ModificationImpact)
        throws(LibvirtError)
    {
        let domain = try domain(uuid)
        try domain.check("virDomainAttachDeviceFlags", virDomainAttachDeviceFlags(domain.raw, xml, impact.rawValue))
    }

    /// Asks for the device of that alias to be unplugged; the guest may take its time to let go of it.
    package func detachDevice(alias: String, fromDomain uuid: UUID, affecting impact: ModificationImpact)
        throws(LibvirtError)
    {
        let domain = try domain(uuid)
        try domain.check("virDomainDetachDeviceAlias", virDomainDetachDeviceAlias(domain.raw, alias, impact.rawValue))
    }

    /// Changes a device in place, as far as that is possible while it is used.
    package func updateDevice(_ xml: String, ofDomain uuid: UUID, affecting impact: ModificationImpact)
        throws(LibvirtError)
    {
        let domain = try domain(uuid)
        try domain.check("virDomainUpdateDeviceFlags", virDomainUpdateDeviceFlags(domain.raw, xml, impact.rawValue))
    }

    /// How large a running domain's disk is, in bytes.
    package func blockCapacity(_ disk: String, ofDomain uuid: UUID) throws(LibvirtError) -> UInt64 {
        let domain = try domain(uuid)
        var info = virDomainBlockInfo()
        try domain.check("virDomainGetBlockInfo", virDomainGetBlockInfo(domain.raw, disk, &info, 0))
        return UInt64(info.capacity)
    }

    /// Gives a running domain's disk a new size in bytes; libvirt shrinks without complaint, so look first.
    package func resizeBlock(_ disk: String, ofDomain uuid: UUID, to capacity: UInt64) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check(
            "virDomainBlockResize",
            virDomainBlockResize(domain.raw, disk, capacity, VIR_DOMAIN_BLOCK_RESIZE_BYTES.rawValue))
    }
}

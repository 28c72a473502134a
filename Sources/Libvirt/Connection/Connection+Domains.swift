import CLibvirt
package import FoundationEssentials

/// Finding, defining and undefining domains.
extension Connection {
    /// The UUID of the domain of that name.
    package func domainUUID(named name: String) throws(LibvirtError) -> UUID {
        let found = try found("virDomainLookupByName", virDomainLookupByName(raw(), name), "domain \(name)")
        return DomainHandle(owning: found).uuid
    }

    /// What one domain is, in four round trips.
    package func domainSummary(_ uuid: UUID) throws(LibvirtError) -> DomainSummary {
        try domain(uuid).summary()
    }

    /// A domain's XML; by default of the running machine, or the definition when it does not run.
    package func domainXML(_ uuid: UUID, _ flags: DomainXMLFlags = []) throws(LibvirtError) -> String {
        try domain(uuid).xml(flags)
    }

    /// Defines a domain, or redefines the one with the XML's UUID, and gives its UUID.
    ///
    /// Redefining changes what the next start uses and leaves a running machine alone. `validating` checks against
    /// libvirt's schema first, which refuses what the parser would ignore.
    @discardableResult
    package func defineDomain(_ xml: String, validating: Bool = true) throws(LibvirtError) -> UUID {
        let flags = validating ? VIR_DOMAIN_DEFINE_VALIDATE.rawValue : 0
        let defined = try found("virDomainDefineXMLFlags", virDomainDefineXMLFlags(raw(), xml, flags))
        return DomainHandle(owning: defined).uuid
    }

    /// Removes a domain's definition, with what the flags name; a running machine goes on as a transient one.
    package func undefineDomain(_ uuid: UUID, _ flags: UndefineFlags = []) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainUndefineFlags", virDomainUndefineFlags(domain.raw, flags.rawValue))
    }

    /// Has the domain start with the node, or not.
    package func setAutostart(_ autostart: Bool, ofDomain uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainSetAutostart", virDomainSetAutostart(domain.raw, autostart ? 1 : 0))
    }

    /// The handle of the domain of that UUID.
    func domain(_ uuid: UUID) throws(LibvirtError) -> DomainHandle {
        let raw = try raw()
        let domain = uuid.withBytes { virDomainLookupByUUID(raw, $0) }
        return DomainHandle(owning: try found("virDomainLookupByUUID", domain, "domain \(uuid.lowercaseText)"))
    }

    /// Has libvirt call a domain that is off otherwise; it renames none with snapshots or a saved memory.
    package func renameDomain(_ uuid: UUID, to name: String) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainRename", virDomainRename(domain.raw, name, 0))
    }
}

import CLibvirt
package import FoundationEssentials

/// Starting and stopping domains.
extension Connection {
    /// Starts a domain; blocks until its machine has been set up, not until the guest has booted.
    package func startDomain(_ uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainCreateWithFlags", virDomainCreateWithFlags(domain.raw, 0))
    }

    /// Starts a machine from XML of its own; a domain of that UUID that is off goes back to its definition when it ends.
    ///
    /// Blocks until the machine has been set up.
    package func createDomain(_ xml: String) throws(LibvirtError) {
        let created = try found(
            "virDomainCreateXML", virDomainCreateXML(raw(), xml, VIR_DOMAIN_START_VALIDATE.rawValue))
        _ = DomainHandle(owning: created)
    }

    /// Asks the guest to shut down, and returns at once; the guest may take its time or ignore it.
    package func shutDownDomain(_ uuid: UUID, by mode: ShutdownMode = []) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainShutdownFlags", virDomainShutdownFlags(domain.raw, mode.rawValue))
    }

    /// Stops a domain as if its plug were pulled; blocks until its process is gone.
    ///
    /// `gracefully` never kills a process that does not end in time (SIGTERM only), so that its disk caches get written;
    /// it may fail with `resourceBusy`.
    package func destroyDomain(_ uuid: UUID, gracefully: Bool = true) throws(LibvirtError) {
        let domain = try domain(uuid)
        let flags = gracefully ? VIR_DOMAIN_DESTROY_GRACEFUL.rawValue : 0
        try domain.check("virDomainDestroyFlags", virDomainDestroyFlags(domain.raw, flags))
    }

    /// Resumes a paused domain.
    package func resumeDomain(_ uuid: UUID) throws(LibvirtError) {
        let domain = try domain(uuid)
        try domain.check("virDomainResume", virDomainResume(domain.raw))
    }
}

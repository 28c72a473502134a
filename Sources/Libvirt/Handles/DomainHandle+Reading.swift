import CLibvirt

extension DomainHandle {
    /// The domain's XML.
    borrowing func xml(_ flags: DomainXMLFlags) throws(LibvirtError) -> String {
        try text("virDomainGetXMLDesc", virDomainGetXMLDesc(raw, flags.rawValue))
    }

    /// What the domain is, asked for one by one.
    borrowing func summary() throws(LibvirtError) -> DomainSummary {
        var state: CInt = 0
        var reason: CInt = 0
        var autostart: CInt = 0
        try check("virDomainGetState", virDomainGetState(raw, &state, &reason, 0))
        try check("virDomainGetAutostart", virDomainGetAutostart(raw, &autostart))
        let persistent = try check("virDomainIsPersistent", virDomainIsPersistent(raw)) == 1
        let id = virDomainGetID(raw)
        let managedSave = virDomainHasManagedSaveImage(raw, 0)
        var summary = DomainSummary(
            uuid: uuid, name: name, id: id == UInt32.max ? nil : Int(id), state: DomainState(rawValue: state) ?? .none,
            stateReason: Int(reason), autostart: autostart == 1, persistent: persistent)
        // A driver without managed saves says that it has none of them by failing.
        summary.hasManagedSave = managedSave == 1
        return summary
    }
}

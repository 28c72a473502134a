import CLibvirt

/// Which XML of a domain is asked for (`virDomainXMLFlags`); empty means the live one where it runs.
package struct DomainXMLFlags: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// With what is secret, such as a graphics password; refused on a read-only connection.
    package static let secure = Self(rawValue: VIR_DOMAIN_XML_SECURE.rawValue)
    /// The definition instead of the running machine.
    package static let inactive = Self(rawValue: VIR_DOMAIN_XML_INACTIVE.rawValue)
    /// Fit to be given to another host for a migration.
    package static let migratable = Self(rawValue: VIR_DOMAIN_XML_MIGRATABLE.rawValue)
}

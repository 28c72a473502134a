import CLibvirt

/// What a change applies to (`virDomainModificationImpact`; networks use the same numbers).
package struct ModificationImpact: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The running object; refused when it does not run.
    package static let live = Self(rawValue: VIR_DOMAIN_AFFECT_LIVE.rawValue)
    /// The definition that the next start uses.
    package static let config = Self(rawValue: VIR_DOMAIN_AFFECT_CONFIG.rawValue)
    /// The running object where it runs, else the definition: libvirt's default.
    package static let current: Self = []
}

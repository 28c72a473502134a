import CLibvirt

/// Ways to ask a guest to shut down (`virDomainShutdownFlagValues`).
///
/// Of several, libvirt chooses; empty is its default.
package struct ShutdownMode: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The power button.
    package static let acpi = Self(rawValue: VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN.rawValue)
    /// The guest agent.
    package static let agent = Self(rawValue: VIR_DOMAIN_SHUTDOWN_GUEST_AGENT.rawValue)
}

/// A machine as its guest sees it; nil for what a new machine gets, and an adopted one keeps.
package struct Hardware: Sendable, Equatable {
    /// What starts the guest's system.
    package enum Firmware: String, Sendable, Hashable, CaseIterable {
        case bios, uefi
        /// UEFI that starts nothing but what Microsoft's keys signed.
        case secureUEFI = "uefi-secure"

        /// Whether it keeps variables in a file.
        package var hasVariables: Bool { self != .bios }
    }

    package enum Graphics: String, Sendable, Hashable, CaseIterable {
        case vnc, none
    }

    package enum Video: String, Sendable, Hashable, CaseIterable {
        case vga, virtio, none
    }

    /// The CPU model, or a word that leaves it to the node.
    package var cpu: String?
    /// Whether the guest can have guests.
    package var isNested: Bool?
    /// The version of the machine, such as `pc-q35-7.2`.
    package var machine: String?
    package var firmware: Firmware?
    /// Whether the node emulates a TPM for it.
    package var hasTPM: Bool?
    package var graphics: Graphics?
    package var video: Video?
    /// Whether it gets random numbers from its node.
    package var hasRandom: Bool?

    package init() {}
}

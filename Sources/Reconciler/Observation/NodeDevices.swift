package import Spec

/// What a node can give its guests beside their CPU.
package struct NodeDevices: Sendable, Hashable {
    /// Every version of a machine that QEMU knows there; empty where libvirt did not say.
    package var machines: Set<String> = []
    /// Nil where libvirt did not say.
    package var firmware: Set<Hardware.Firmware>?
    /// Whether it can emulate a TPM; nil where libvirt did not say.
    package var hasTPM: Bool?
    /// The graphics cards, by libvirt's names.
    package var videos: Set<String> = []
    /// The kinds of screens, by libvirt's names.
    package var screens: Set<String> = []

    package init() {}

    /// How nested virtualization is switched on, for people.
    package static let howToNest =
        "to switch it on, write `options kvm_intel nested=1`, or kvm_amd, into /etc/modprobe.d/kvm.conf there, and load the "
        + "module anew while no guest runs"
}

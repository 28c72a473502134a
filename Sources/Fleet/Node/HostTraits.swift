import Reconciler

/// What libvirt says of its host and what does not change while a connection lasts.
struct HostTraits: Sendable {
    var hasKVM: Bool
    /// Other processors that its QEMU can emulate.
    var emulated: Set<String> = []
    /// libvirt's identity of the host; nil where it has none.
    var uuid: UniqueID?
    /// Nil where libvirt did not say.
    var cpus: NodeCPUs?
    /// Nil where libvirt did not say.
    var devices: NodeDevices?
}

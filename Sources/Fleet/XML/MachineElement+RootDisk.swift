import FoundationXML
import Reconciler
import Spec

extension MachineElement {
    /// How the guest has its root disk; nothing where the domain has none of kvmctl's.
    static let rootDisk = [
        rootDisk(.bus, .rootBus), rootDisk(.cache, .rootCache), rootDisk(.io, .rootIO),
        rootDisk(.discard, .rootDiscard),
    ]

    private static func rootDisk(_ option: DiskOption, _ field: InstanceField) -> MachineElement {
        MachineElement(
            field, read: { $0.disk(named: DeviceAlias.root)?.diskOption(option) },
            write: { domain, value in
                guard let disk = domain.disk(named: DeviceAlias.root) else { return }
                domain.set(option, of: disk, to: value)
            })
    }
}

package import Spec

extension ObservedNode: NodeEquipment {
    package func hasBridge(_ name: String) -> Bool { bridges.contains(name) }

    package func filtersVLANs(_ bridge: String) -> Bool { filteringBridges.contains(bridge) }

    package var openSwitches: Set<String>? { switches.map { Set($0.keys) } }

    /// Whether nobody can see yet what is at a path there, since libvirt mounts the folder when its pool is made or started.
    package func isYetToMount(_ path: String, in cluster: Cluster) -> Bool {
        cluster.pools(on: name).contains { $0.path == path.folder && $0.type.isMounted }
            && !pools.contains { $0.path == path.folder && $0.isActive }
    }

    /// Whether a NIC can be plugged in there; true as well where Open vSwitch did not say.
    package func has(_ port: BridgePort) -> Bool {
        port.isOpenSwitch ? openSwitches?.contains(port.bridge) ?? true : hasBridge(port.bridge)
    }

    /// Whether a guest's network card there computes checksums itself and sends no more at once than fits into a frame: what Open
    /// vSwitch carries by itself, without the kernel, is lost otherwise (measured with 3.1.0: ping works, TCP hangs).
    package func needsPlainFrames(at attachment: NICAttachment) -> Bool {
        guard case .bridge(let port) = attachment, port.isOpenSwitch else { return false }
        return switches?[port.bridge] == .userspace
    }

    package func leads(through interface: String) -> Bool {
        blocks.isEmpty || blocks.contains { $0.interface == interface }
    }

    package func libvirtNetwork(_ name: String) -> (isActive: Bool, autostart: Bool)? {
        networks.first { $0.name == name }.map { ($0.isActive, $0.autostart) }
    }
}

import Spec

extension ObservedNode: NodeEquipment {
    package func hasBridge(_ name: String) -> Bool { bridges.contains(name) }

    package func leads(through interface: String) -> Bool {
        blocks.isEmpty || blocks.contains { $0.interface == interface }
    }

    package func libvirtNetwork(_ name: String) -> (isActive: Bool, autostart: Bool)? {
        networks.first { $0.name == name }.map { ($0.isActive, $0.autostart) }
    }
}

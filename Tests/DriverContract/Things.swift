import Reconciler
import Spec
import TestNames

/// What the scenarios are about.
enum Things {
    static let cluster = ClusterIdentity(name: name("demo"))
    static let others = ClusterIdentity(name: name("demo-2"))
    static let names = ObjectNames(cluster)

    /// A domain with a root disk and a seed in a folder.
    static func domain(
        _ instance: String, in folder: String, of cluster: ClusterIdentity = cluster, autostart: Bool = false
    ) -> DomainDefinition {
        let uuid = ObjectNames(cluster).domainUUID(name(instance))
        let mark = DomainMark(
            cluster: cluster, part: name("main"), instance: name(instance), uuid: uuid, phase: .creating,
            wasReady: false, protect: false, baseImage: "kvmctl-0a1b.qcow2", nics: [:], applied: ["vcpus": "1"])
        return DomainDefinition(
            name: "\(cluster.name).\(instance)", uuid: uuid, mark: mark, hasKVM: false, vcpus: 1, maximumVCPUs: 4,
            memory: .mebibytes(256), maximumMemory: .gibibytes(1), nics: [],
            disks: [.init(name: "root", path: "\(folder)/\(cluster.name).\(instance).root.qcow2", serial: nil)],
            seedPath: "\(folder)/\(cluster.name).\(instance).seed.iso", autostart: autostart)
    }

    /// A network of 256 addresses, the first of them `10.77.0.0` with `number` in place of the 0 before the last.
    static func network(
        _ text: String, of cluster: ClusterIdentity = cluster, number: UInt32 = 0
    ) -> NetworkDefinition {
        let first: UInt32 = 0x0A4D_0000 + number << 8
        let names = ObjectNames(cluster)
        let mark = NetworkMark(
            cluster: cluster, part: name("main"), network: name(text), uuid: names.networkUUID(name(text)),
            applied: ["mode": "isolated"])
        return NetworkDefinition(
            name: "\(cluster.name).\(text)", mark: mark, mode: .isolated, bridge: names.bridge(name(text)),
            bridgeMAC: names.bridgeMAC(name(text)), cidr: CIDR(network: IPv4Address(value: first), prefix: 24),
            gateway: IPv4Address(value: first + 1), dhcpRange: nil, hasDHCP: true, reservations: [])
    }

    static func pool(_ text: String, at path: String, on node: Name) -> PoolDefinition {
        PoolDefinition(name: text, path: path, uuid: names.poolUUID(path, on: node))
    }

    static func reservation(_ last: UInt32, _ name: String) -> Reservation {
        Reservation(
            mac: MACAddress(value: 0x5254_0000_0000 + UInt64(last)), address: IPv4Address(value: 0x0A4D_0000 + last),
            name: name)
    }

    static func roster(_ generation: Int, keeping disks: [Roster.KeptDisk] = []) -> Roster {
        Roster(cluster: cluster, generation: generation, nodes: [:], instances: [:], keptDisks: disks)
    }
}

import Spec

/// What an instance asks of a node, its name, group and pin aside.
///
/// Nodes rank the same for all instances of one demand.
struct ResourceRequest: Hashable {
    private struct Disk: Hashable {
        let pool: Name
        let size: Size
    }

    private let vcpus: Int
    private let memory: Size
    private let architecture: Architecture?
    private let labels: [String: String]
    private let networks: [Name]
    private let disks: [Disk]
    private let givenDisks: [String]

    init(_ instance: Instance) {
        vcpus = instance.vcpus
        memory = instance.memory
        architecture = instance.architecture
        labels = instance.placement.where
        networks = instance.nics.map(\.network)
        disks =
            [Disk(pool: instance.pool, size: instance.disk)]
            + instance.ownDisks.map { Disk(pool: $0.pool, size: $0.size) }
        givenDisks = instance.givenDisks.map { $0.path ?? "\($0.pool)/\($0.volume ?? "")" }
    }
}

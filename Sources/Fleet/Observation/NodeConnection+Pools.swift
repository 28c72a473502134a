import Libvirt
import Reconciler
import Spec

extension NodeConnection {
    /// Every folder pool of the node, and learns which running pool is over which folder.
    func pools() async throws -> [ObservedPool] {
        let snapshots = try await reader.call("listing pools") { try $0.poolSnapshots() }
        var pools = try snapshots.compactMap { pool in
            try ObservedPool.read(
                xml: pool.xml, name: pool.name, isActive: pool.state == .running || pool.state == .degraded,
                autostart: pool.autostart)
        }
        for index in pools.indices where pools[index].isActive && pools[index].hasSource {
            let name = pools[index].name
            let xml = try await reader.call("reading the definition of pool \(name)") { try $0.poolDefinition(name) }
            if let xml { try pools[index].take(definition: xml) }
        }
        let running = pools.filter(\.isActive).map { ($0.path, $0.name) }
        await cache.learn(pools: Dictionary(running) { first, _ in first })
        return pools.sorted { $0.name < $1.name }
    }
}

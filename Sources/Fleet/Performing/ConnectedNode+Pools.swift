import Libvirt
import Reconciler
import Spec

extension ConnectedNode {
    /// Has a running pool over the path, whatever its name: libvirt refuses two over one path.
    func ensure(_ pool: PoolDefinition) async throws -> StepResult {
        let pools = try await connection.pools()
        let present = pools.first { $0.path == pool.path }
        if let present, present.isActive { return .unchanged }
        let name = present?.name ?? pool.name
        if present == nil, let other = pools.first(where: { $0.name == pool.name }) {
            throw StepProblem(
                "a pool named \(pool.name) is over \(other.path) there",
                remedy: "Give the pool another name in the spec, or the same path.")
        }
        let xml = PoolXML.text(pool)
        try await connection.changes.call("making pool \(name)") { libvirt in
            if present == nil { try libvirt.definePool(xml) }
            try libvirt.buildPool(name)
            try libvirt.startPool(name)
            if present?.autostart != true { try libvirt.setAutostart(true, ofPool: name) }
        }
        await connection.cache.learn(pools: [pool.path: name])
        // What is said to be in it from now on is missing by somebody's doing.
        try await identify(pool.path)
        return .done
    }

    /// The name of the running pool over the folder of a path.
    func pool(of path: String) async throws -> String {
        let folder = FilePlace(path).folder
        if let name = await connection.cache.poolName(of: folder) { return name }
        _ = try await connection.pools()
        guard let name = await connection.cache.poolName(of: folder) else {
            throw StepProblem("no running pool is over \(folder)", remedy: "Start it with: virsh pool-start NAME")
        }
        return name
    }
}

/// A path taken apart into folder and name.
struct FilePlace: Hashable {
    let folder: String
    let name: String

    init(_ path: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        folder = slash == path.startIndex ? "/" : String(path[..<slash])
        name = String(path[slash...].drop { $0 == "/" })
    }
}

package import Reconciler
import SSH
package import Spec

/// One round over the nodes of a cluster: looking at them, and changing them under the cluster's lock.
///
/// A node that does not answer has a driver too, which says why: its things are unknown, not absent.
package actor FleetRound {
    let cluster: Cluster
    let roles: RoleDrivers
    private var connected: [Name: ConnectedNode] = [:]
    private var unreachable: [Name: UnreachableNode] = [:]
    /// Nodes that nobody asks, since a person says that they are off or lost.
    private let absent: [Name]
    private let peers = Peers()

    private init(cluster: Cluster, roles: RoleDrivers, absent: [Name]) {
        self.cluster = cluster
        self.roles = roles
        self.absent = absent
        // What is lost does not come back.
        for name in absent where cluster.nodes[name]?.state != .lost { peers.noteUnreachable(name) }
    }

    /// Begins a round over connections that are there or opened now; never fails as a whole.
    package static func begin(_ cluster: Cluster, over connections: NodeConnections) async -> FleetRound {
        let asked = cluster.nodes.values.filter { $0.state != .offline && $0.state != .lost }
        let names = Set(asked.map(\.name))
        let round = FleetRound(
            cluster: cluster, roles: connections.roles, absent: cluster.nodes.keys.filter { !names.contains($0) })
        await round.take(await connections.reach(asked.map { NodeEndpoint($0) }))
        return round
    }

    private func take(_ reached: [Name: Result<NodeConnection, any Error>]) {
        let downloads = Downloads()
        for (name, result) in reached {
            switch result {
            case .success(let connection):
                let node = ConnectedNode(
                    connection, NodeRequest(cluster, node: name), peers: peers, downloads: downloads)
                connected[name] = node
                peers.add(node.context)
            case .failure(let error):
                unreachable[name] = UnreachableNode(node: name, cause: Unreachable(node: name, error))
                peers.noteUnreachable(name)
            }
        }
    }

    /// A driver for each node that is in use.
    package var drivers: [Name: any NodeDriver] {
        var drivers: [Name: any NodeDriver] = connected
        drivers.merge(unreachable) { first, _ in first }
        return drivers
    }

    /// The driver of a node that answered; nil for any other.
    package func node(_ name: Name) -> ConnectedNode? { connected[name] }

    /// The nodes that answered.
    var connectedNodes: [Name: ConnectedNode] { connected }

    /// Looks at all nodes at once.
    package func observe() async -> [Name: NodeObservation] {
        let drivers = drivers
        let observed = await withTaskGroup(of: (Name, NodeObservation).self) { group in
            for (name, driver) in drivers { group.addTask { (name, await driver.observe()) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var nodes = observed
        for name in absent { nodes[name] = .notContacted }
        return nodes
    }

    /// Takes the cluster's lock on every node that answers, in the order of their names.
    ///
    /// Either all are taken or none. A node that fails to answer in the middle counts as unknown from then on.
    /// - Parameter patience: how long to wait for another holder.
    package func lock(for owner: LockOwner, patience: Duration = .zero) async throws(LockRefusal) {
        let deadline = ContinuousClock.now.advanced(by: patience)
        while let refusal = await tryLock(for: owner) {
            await unlock()
            guard ContinuousClock.now < deadline, !Task.isCancelled else { throw refusal }
            try? await Task.sleep(for: min(.seconds(1), ContinuousClock.now.duration(to: deadline)))
        }
    }

    private func tryLock(for owner: LockOwner) async -> LockRefusal? {
        for name in connected.keys.sorted() {
            guard let node = connected[name] else { continue }
            do {
                if case .held(let holder) = try await node.lock.take(for: owner) {
                    return LockRefusal(node: name, holder: holder)
                }
            } catch {
                await dropUnreachable(node, Unreachable(node: name, error))
            }
        }
        return nil
    }

    /// Gives all locks back.
    package func unlock() async {
        for name in connected.keys.sorted().reversed() { await connected[name]?.lock.release() }
    }

    private func dropUnreachable(_ node: ConnectedNode, _ cause: Unreachable) async {
        connected[node.node] = nil
        peers.remove(node.node)
        peers.noteUnreachable(node.node)
        unreachable[node.node] = UnreachableNode(node: node.node, cause: cause)
        await node.connection.close()
    }

    /// Gives the locks back; the connections stay open.
    package func end() async {
        await unlock()
        for name in connected.keys { peers.remove(name) }
    }
}

import Spec

extension FleetReading {
    /// What was found on the path of an instance to a node; nil as long as nobody looked.
    func route(of owned: OwnedDomain, to target: Name) -> ObservedRoute? {
        routes[MigrationPath(uuid: owned.domain.uuid, from: owned.node, to: target)]
    }

    /// What the path itself forbids: devices that stay behind, a CPU that is not there, storage that is not shared.
    func routeObstacle(to target: Name, for instance: Instance, _ owned: OwnedDomain) -> MoveObstacle? {
        if let tie = owned.domain.ties.first {
            return .refusal(
                "it has \(tie), which cannot be migrated",
                remedy: "detach it first, or pin the instance to \(owned.node)")
        }
        guard let route = route(of: owned, to: target) else { return nil }
        // What is mounted first in this plan is compared by the step that migrates.
        if let path = route.unshared.first(where: { answered[target]?.isYetToMount($0, in: cluster) != true }) {
            return .refusal(
                "the spec says that \(path) is on shared storage, but \(target) has another file or none there",
                remedy: "mount the same storage on both nodes, or remove `shared: true` from the pool")
        }
        guard willRun(instance, owned) else { return nil }
        if let missing = route.missingCPU {
            let remedy =
                missing.baseline.map {
                    "set its `hardware: {cpu: \($0)}` and apply, which reboots it once; then migrate it"
                } ?? "migrate it while it is off (power: off): the nodes have no CPU model in common"
            return .refusal("\(target) does not support its current CPU model \(missing.model)", remedy: remedy)
        }
        return nil
    }

    /// Chooses how a guest migrates, from what was found on its path.
    func chooseTransport(_ move: inout InstanceMove) {
        let route = routes[move.path]
        move.transport = cluster.migration.encrypted || route.map(needsSessions) == true ? .ssh : .direct
        if case .byAddress(let address)? = route?.reach { move.address = address }
    }

    /// Why a guest does not migrate from node to node; nil where the spec wants it so.
    func detour(of move: InstanceMove) -> String? {
        guard !cluster.migration.encrypted, case .closed(let why)? = routes[move.path]?.reach else { return nil }
        return "\(move.from) cannot reach \(move.to): \(why)"
    }

    private func needsSessions(_ route: ObservedRoute) -> Bool {
        if case .closed = route.reach { return true }
        return cluster.migration.encrypted
    }
}

import Reconciler
import Spec

extension FakeNode {
    /// Does what a step says; with `isMidway` only the first half of what takes more than one call to libvirt.
    mutating func perform(_ step: Step, of cluster: ClusterIdentity, isMidway: Bool) throws(StepError) -> StepResult {
        if isDone(step.operation, by: cluster) { return .unchanged }
        if let reason = stranger(step.operation, to: cluster) ?? surprise(step) { return .skipped(reason) }
        switch step.operation {
        case .domain(let operation): return try perform(operation, of: cluster, isMidway: isMidway)
        case .update(let update): return try self.update(update, of: cluster, isMidway: isMidway)
        case .snapshot(let operation): return try perform(operation, of: cluster)
        case .move: throw StepError("a move takes two nodes")
        case .storage(let operation): return try perform(operation, of: cluster, isMidway: isMidway)
        case .network(let operation): return try perform(operation, of: cluster, isMidway: isMidway)
        case .firewall(.set(let filter)): return set(filter)
        case .firewall(.clear(let uuid, _)): return clearFilter(of: uuid)
        case .role(let site): return try change(site, of: cluster, isMidway: isMidway)
        case .roster(.write(let roster)): return write(roster)
        case .roster(.delete):
            defer { roster = nil }
            return roster == nil ? .unchanged : .done
        case .barrier:
            complain("\(step.id) is no business of a node")
            return .unchanged
        }
    }

    private mutating func perform(
        _ operation: DomainOperation, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        switch operation {
        case .define(let definition): try define(definition, of: cluster, isMidway: isMidway)
        case .finishCreation(let uuid, _): try finishCreation(uuid, of: cluster)
        case .install(let installation): try install(installation, of: cluster, isMidway: isMidway)
        case .start(let uuid, _): try start(uuid, of: cluster)
        case .stop(let uuid, _, _, _): try changeDomain(uuid, of: cluster) { $0.power = .shutOff }
        case .setAutostart(let uuid, _, let autostart):
            try changeDomain(uuid, of: cluster) { $0.autostart = autostart }
        case .setProtect(let uuid, _, let protect):
            try changeDomain(uuid, of: cluster) { $0.mark?.protect = protect }
        case .awaitReady(let check): try awaitReady(check, of: cluster)
        case .markDeleting(let uuid, _): try changeDomain(uuid, of: cluster) { $0.mark?.phase = .deleting }
        case .undefine(let uuid, _): try undefine(uuid, of: cluster)
        case .adopt(let uuid, _, let mark): try adopt(uuid, mark)
        }
    }

    private mutating func perform(
        _ operation: SnapshotOperation, of cluster: ClusterIdentity
    ) throws(StepError) -> StepResult {
        switch operation {
        case .create(let uuid, _, let snapshot, let withMemory):
            if withMemory, domains[uuid]?.power == .shutOff {
                throw StepError("\(snapshot) is to keep memory that is not there")
            }
            guard let domain = domains[uuid], !domain.snapshots.contains(where: { $0.name == snapshot }) else {
                return .unchanged
            }
            snapshotted[uuid, default: [:]][snapshot] = domain
            return try changeDomain(uuid, of: cluster) { domain in
                domain.snapshots.append(.init(name: snapshot, hasMemory: withMemory, isExternal: false))
            }
        case .revert(let uuid, _, let snapshot):
            let isThere = domains[uuid]?.snapshots.contains { $0.name == snapshot } ?? false
            guard isThere else { return .skipped("it has no snapshot \(snapshot)") }
            if let was = snapshotted[uuid]?[snapshot] {
                if let obstacle = obstacle(to: snapshot, was) { throw obstacle }
                bringBack(rolesOf: was)
            }
            return .done
        case .delete(let uuid, _, let snapshot):
            return try changeDomain(uuid, of: cluster) { $0.snapshots.removeAll { $0.name == snapshot } }
        }
    }

    /// Why a domain cannot go back to what it was; nil where it can.
    private func obstacle(to snapshot: String, _ was: ObservedDomain) -> StepError? {
        let given = was.disks.filter { $0.given != nil }
        return domains[was.uuid]?.returnObstacle(to: snapshot, with: given).map { StepError($0.reason) }
    }

    private mutating func perform(
        _ operation: StorageOperation, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        switch operation {
        case .ensurePool(let pool): try ensure(pool, isMidway: isMidway)
        case .deletePool(let pool): delete(pool, of: cluster, isMidway: isMidway)
        case .fetchImage(let fetch): self.fetch(fetch, isMidway: isMidway)
        case .deleteImage(let path, let markers): deleteImage(path, with: markers)
        case .releaseImage(_, let markers): release(markers)
        case .discardTransfer(let path): discardTransfer(path)
        case .createVolume(let volume): try create(volume, of: cluster)
        case .writeSeed(let seed): try write(seed, of: cluster)
        case .deleteVolume(let path, let uuid): try deleteVolume(path, of: uuid, cluster)
        }
    }

    private mutating func perform(
        _ operation: NetworkOperation, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        switch operation {
        case .define(let definition): try define(definition, of: cluster, isMidway: isMidway)
        case .start(let uuid, _): try startNetwork(uuid)
        case .setAutostart(let uuid, _, let autostart):
            try changeNetwork(uuid, of: cluster) {
                $0.isPersistent = true
                $0.autostart = autostart
            }
        case .updateReservations(let uuid, _, let add, let remove):
            try updateReservations(uuid, add: add, remove: remove, of: cluster, isMidway: isMidway)
        case .change(let definition, let restart):
            try change(definition, restart: restart, of: cluster, isMidway: isMidway)
        case .carry(let uuid, _, let overlay): try carry(uuid, overlay, of: cluster, isMidway: isMidway)
        case .plugGuests(let uuid, _): plugGuests(into: uuid)
        case .delete(let uuid, _): deleteNetwork(uuid, of: cluster, isMidway: isMidway)
        }
    }

    /// Whether an earlier try has done it, so that what the plan expected does not matter.
    private func isDone(_ operation: Reconciler.Operation, by cluster: ClusterIdentity) -> Bool {
        if let uuid = operation.network {
            if case .network(.delete) = operation { return networks[uuid] == nil }
            return false
        }
        guard let uuid = operation.domain else { return false }
        let domain = domains[uuid]
        let isOurs = domain?.mark?.cluster == cluster
        switch operation {
        case .domain(.start): return isOurs && domain?.power == .running
        case .domain(.markDeleting): return domain == nil || isOurs && domain?.mark?.phase == .deleting
        case .domain(.undefine): return domain == nil
        case .domain(.adopt(_, _, let mark)): return domain?.mark == mark
        default: return operation.isStop && (domain == nil || isOurs && domain?.power == .shutOff)
        }
    }

    /// Why a domain or network is not touched: it is gone, or somebody else's, which no plan may ask for.
    private mutating func stranger(_ operation: Reconciler.Operation, to cluster: ClusterIdentity) -> String? {
        switch operation {
        case .storage, .domain(.define), .domain(.adopt), .network(.define): return nil
        default: break
        }
        if let uuid = operation.domain {
            guard let domain = domains[uuid] else { return "it is not there any more" }
            if domain.mark?.cluster == cluster, domain.mark?.uuid == uuid, domain.markProblem == nil { return nil }
            complain("foreign domain \(domain.name) would be changed")
            return "\(domain.name) is somebody else's"
        }
        guard let uuid = operation.network else { return nil }
        guard let network = networks[uuid] else { return "it is not there any more" }
        if network.mark?.cluster == cluster, network.mark?.uuid == uuid, network.markProblem == nil { return nil }
        complain("foreign network \(network.name) would be changed")
        return "\(network.name) is somebody else's"
    }

    /// Why the object is not what the step expects, if it is not.
    func surprise(_ step: Step) -> String? {
        switch step.expectation {
        case .none: return nil
        case .absent:
            switch step.operation {
            case .domain(.define(let new)):
                let other = domains.values.first { $0.uuid == new.uuid || $0.name == new.name }
                guard let other, !FakeNode.matches(other, new) else { return nil }
                return "a domain \(other.name) is there already"
            case .network(.define(let new)):
                let other = networks.values.first { $0.uuid == new.mark.uuid || $0.name == new.name }
                guard let other, other.mark != new.mark || other.name != new.name else { return nil }
                return "a network \(other.name) is there already"
            default: return nil
            }
        case .unchanged(let fingerprint):
            guard let current = fingerprints[step.operation.target ?? step.object.name] else {
                return "it is not there any more"
            }
            return current == fingerprint ? nil : "it was changed by somebody else"
        }
    }

    private var fingerprints: [String: String] {
        var all: [String: String] = [:]
        for domain in domains.values { all[domain.uuid.text] = FakeNode.fingerprinted(domain).fingerprint }
        for network in networks.values { all[network.uuid.text] = FakeNode.fingerprinted(network).fingerprint }
        return all
    }

    /// Notes something that no plan may lead to.
    mutating func complain(_ text: String) {
        unexpected.append("\(name): \(text)")
    }
}

extension Reconciler.Operation {
    /// The UUID of the domain or network that is changed.
    var target: String? { (domain ?? network)?.text }

    fileprivate var isStop: Bool {
        switch self {
        case .domain(.stop): true
        case .update(let update): if case .stop = update.action { true } else { false }
        default: false
        }
    }
}

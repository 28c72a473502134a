import Reconciler
import Spec

extension FakeNode {
    /// Does what a step says; with `isMidway` only the first half of what takes more than one call to libvirt.
    mutating func perform(_ step: Step, of cluster: ClusterIdentity, isMidway: Bool) throws(StepError) -> StepResult {
        if let reason = surprise(step) { return .skipped(reason) }
        switch step.operation {
        case .ensurePool(let pool): return try ensure(pool, isMidway: isMidway)
        case .deletePool(let pool): return delete(pool, of: cluster, isMidway: isMidway)
        case .fetchImage(let fetch): return self.fetch(fetch, isMidway: isMidway)
        case .deleteImage(let path): return deleteImage(path)
        case .defineNetwork(let definition): return try define(definition, of: cluster, isMidway: isMidway)
        case .startNetwork(let uuid, _): return try startNetwork(uuid)
        case .setNetworkAutostart(let uuid, _, let autostart):
            return try changeNetwork(uuid, of: cluster) { $0.autostart = autostart }
        case .updateReservations(let uuid, _, let add, let remove):
            return try updateReservations(uuid, add: add, remove: remove, of: cluster, isMidway: isMidway)
        case .changeNetwork(let definition, let restart):
            return try change(definition, restart: restart, of: cluster, isMidway: isMidway)
        case .plugGuests(let uuid, _): return plugGuests(into: uuid)
        case .deleteNetwork(let uuid, _): return deleteNetwork(uuid, of: cluster, isMidway: isMidway)
        case .defineDomain(let definition): return try define(definition, of: cluster, isMidway: isMidway)
        case .createVolume(let volume): return try create(volume, of: cluster)
        case .writeSeed(let seed): return try write(seed, of: cluster)
        case .finishCreation(let uuid, _): return try finishCreation(uuid, of: cluster)
        case .startDomain(let uuid, _): return try start(uuid, of: cluster)
        case .stopDomain(let uuid, _, _, _): return try changeDomain(uuid, of: cluster) { $0.power = .shutOff }
        case .setAutostart(let uuid, _, let autostart):
            return try changeDomain(uuid, of: cluster) { $0.autostart = autostart }
        case .setProtect(let uuid, _, let protect):
            return try changeDomain(uuid, of: cluster) { $0.mark?.protect = protect }
        case .awaitReady(let check): return try awaitReady(check, of: cluster)
        case .markDeleting(let uuid, _): return try changeDomain(uuid, of: cluster) { $0.mark?.phase = .deleting }
        case .deleteVolume(let path, let uuid): return try deleteVolume(path, of: uuid, cluster)
        case .undefineDomain(let uuid, _): return try undefine(uuid, of: cluster)
        case .adoptDomain(let uuid, _, let mark): return try adopt(uuid, mark)
        case .createSnapshot(let uuid, _, let snapshot, let withMemory):
            return try changeDomain(uuid, of: cluster) { domain in
                guard !domain.snapshots.contains(where: { $0.name == snapshot }) else { return }
                domain.snapshots.append(.init(name: snapshot, hasMemory: withMemory, isExternal: false))
            }
        case .revertSnapshot(let uuid, _, _): return try changeDomain(uuid, of: cluster) { _ in }
        case .deleteSnapshot(let uuid, _, let snapshot):
            return try changeDomain(uuid, of: cluster) { $0.snapshots.removeAll { $0.name == snapshot } }
        case .updateDomain(let update): return try self.update(update, of: cluster, isMidway: isMidway)
        case .move: throw StepError("a move takes two nodes")
        case .changeSite(let site): return try change(site, of: cluster)
        case .writeRoster(let roster): return write(roster)
        case .deleteRoster:
            defer { roster = nil }
            return roster == nil ? .unchanged : .done
        case .barrier:
            complain("\(step.id) is no business of a node")
            return .done
        }
    }

    /// Why the object is not what the step expects, if it is not.
    func surprise(_ step: Step) -> String? {
        switch step.expectation {
        case .none: return nil
        case .absent:
            switch step.operation {
            case .defineDomain(let new):
                let other = domains.values.first { $0.uuid == new.uuid || $0.name == new.name }
                guard let other, !FakeNode.matches(other, new) else { return nil }
                return "a domain \(other.name) is there already"
            case .defineNetwork(let new):
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
    var target: String? {
        switch self {
        case .defineNetwork(let definition), .changeNetwork(let definition, _): definition.mark.uuid.text
        case .startNetwork(let uuid, _), .setNetworkAutostart(let uuid, _, _), .updateReservations(let uuid, _, _, _),
            .plugGuests(let uuid, _), .deleteNetwork(let uuid, _), .finishCreation(let uuid, _),
            .startDomain(let uuid, _),
            .stopDomain(let uuid, _, _, _), .setAutostart(let uuid, _, _), .setProtect(let uuid, _, _),
            .markDeleting(let uuid, _), .deleteVolume(_, let uuid), .undefineDomain(let uuid, _),
            .adoptDomain(let uuid, _, _), .createSnapshot(let uuid, _, _, _), .revertSnapshot(let uuid, _, _),
            .deleteSnapshot(let uuid, _, _):
            uuid.text
        case .defineDomain(let definition): definition.uuid.text
        case .createVolume(let volume): volume.owner.text
        case .writeSeed(let seed): seed.owner.text
        case .awaitReady(let check): check.uuid.text
        case .updateDomain(let update): update.uuid.text
        case .move(_, let move): move.uuid.text
        case .changeSite(let site): site.uuid.text
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .writeRoster, .deleteRoster, .barrier: nil
        }
    }
}

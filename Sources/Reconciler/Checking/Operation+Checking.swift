import Spec

extension Operation {
    /// The domain that the operation changes, or whose volumes it does.
    var domain: UniqueID? {
        switch self {
        case .defineDomain(let definition): definition.uuid
        case .createVolume(let volume): volume.owner
        case .writeSeed(let seed): seed.owner
        case .awaitReady(let check): check.uuid
        case .updateDomain(let update): update.uuid
        case .move(_, let move): move.uuid
        case .changeSite(let site): site.uuid
        case .finishCreation(let uuid, _), .startDomain(let uuid, _), .stopDomain(let uuid, _, _, _),
            .setAutostart(let uuid, _, _), .setProtect(let uuid, _, _), .markDeleting(let uuid, _),
            .deleteVolume(_, let uuid), .undefineDomain(let uuid, _), .adoptDomain(let uuid, _, _),
            .createSnapshot(let uuid, _, _, _), .revertSnapshot(let uuid, _, _), .deleteSnapshot(let uuid, _, _):
            uuid
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .defineNetwork, .startNetwork, .setNetworkAutostart,
            .updateReservations, .changeNetwork, .plugGuests, .deleteNetwork, .writeRoster, .deleteRoster, .barrier:
            nil
        }
    }

    /// The network that the operation changes.
    var network: UniqueID? {
        switch self {
        case .defineNetwork(let definition), .changeNetwork(let definition, _): definition.mark.uuid
        case .startNetwork(let uuid, _), .setNetworkAutostart(let uuid, _, _), .updateReservations(let uuid, _, _, _),
            .plugGuests(let uuid, _), .deleteNetwork(let uuid, _):
            uuid
        case .ensurePool, .deletePool, .fetchImage, .deleteImage, .defineDomain, .createVolume, .writeSeed,
            .finishCreation,
            .startDomain, .stopDomain, .setAutostart, .setProtect, .awaitReady, .markDeleting, .deleteVolume,
            .undefineDomain, .updateDomain, .adoptDomain, .createSnapshot, .revertSnapshot, .deleteSnapshot,
            .writeRoster, .deleteRoster, .barrier, .move, .changeSite:
            nil
        }
    }

    /// The edit of a definition that the operation is.
    var edit: DomainEdit? {
        guard case .updateDomain(let update) = self, case .edit(let edit) = update.action else { return nil }
        return edit
    }

    /// The disks that the operation puts into a definition that is there.
    var addedDisks: [DomainDefinition.Disk] {
        edit?.items.compactMap { item in
            switch item {
            case .disk(let disk): disk
            case .seedDisk(let path, _): DomainDefinition.Disk(name: "seed", path: path, serial: nil)
            default: nil
            }
        } ?? []
    }

    /// The file that the operation makes for a domain.
    var madeFile: String? {
        switch self {
        case .createVolume(let volume): volume.path
        case .writeSeed(let seed): seed.path
        default: nil
        }
    }

    /// Whether a file is gone from the operation's node when it has succeeded.
    func deletes(_ path: String) -> Bool {
        switch self {
        case .deleteImage(let image): image == path
        case .move(let stage, let move):
            (stage == .discard || stage == .leave) && move.paths(of: stage).contains(path)
        case .updateDomain(let update):
            switch update.action {
            case .moveDisk(.leave, let move): move.way.from == path
            case .moveDisk(.abandon, let move): move.way.to == path
            default: endedFiles.contains(path)
            }
        default: deletedFile == path || endedFiles.contains(path)
        }
    }

    var isDefinition: Bool {
        if case .defineDomain = self { true } else { false }
    }

    var isStart: Bool {
        if case .startDomain = self { true } else { false }
    }

    var isStop: Bool {
        switch self {
        case .stopDomain: true
        case .updateDomain(let update): if case .stop = update.action { true } else { false }
        default: false
        }
    }

    /// Whether it waits for a guest to be ready.
    var isReadyWait: Bool {
        switch self {
        case .awaitReady: true
        case .updateDomain(let update): if case .prove = update.action { true } else { false }
        default: false
        }
    }

    /// Whether it keeps what was before a risky change.
    var isStateKept: Bool {
        if case .updateDomain(let update) = self, update.action == .keepState { true } else { false }
    }

    /// The files of an attempt that the operation removes.
    var endedFiles: [String] {
        guard case .updateDomain(let update) = self else { return [] }
        switch update.action {
        case .prove(_, let files), .settle(let files): return files
        default: return []
        }
    }

    /// Whether it clears away what an attempt left.
    var isSettling: Bool {
        if case .updateDomain(let update) = self, case .settle = update.action { true } else { false }
    }

    var isMarkDeleting: Bool {
        if case .markDeleting = self { true } else { false }
    }

    var isUndefinition: Bool {
        if case .undefineDomain = self { true } else { false }
    }

    var isRosterWrite: Bool {
        if case .writeRoster = self { true } else { false }
    }

    var isBarrier: Bool {
        if case .barrier = self { true } else { false }
    }

    /// The volume that the operation deletes.
    var deletedFile: String? {
        if case .deleteVolume(let path, _) = self { path } else { nil }
    }
}

import Spec

extension Operation {
    /// The edit of a definition that the operation is.
    var edit: DomainEdit? {
        guard case .update(let update) = self, case .edit(let edit) = update.action else { return nil }
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

    var isDefinition: Bool {
        if case .domain(.define) = self { true } else { false }
    }

    /// The domain that it has run, by itself or with an installer.
    var startedDomain: UniqueID? {
        switch self {
        case .domain(.start(let uuid, _)): uuid
        case .domain(.install(let installation)): installation.domain.uuid
        default: nil
        }
    }

    var isStart: Bool {
        if case .domain(.start) = self { true } else { false }
    }

    var isStop: Bool {
        switch self {
        case .domain(.stop): true
        case .update(let update): if case .stop = update.action { true } else { false }
        default: false
        }
    }

    /// Whether it waits for a guest to be ready.
    var isReadyWait: Bool {
        switch self {
        case .domain(.awaitReady): true
        case .update(let update): if case .verify = update.action { true } else { false }
        default: false
        }
    }

    /// Whether it keeps what was before a risky change.
    var isStateKept: Bool {
        if case .update(let update) = self, update.action == .keepState { true } else { false }
    }

    /// Whether it keeps the disks before roles change.
    var keepsBeforeRoles: Bool {
        if case .update(let update) = self, case .keepBeforeRoles = update.action { true } else { false }
    }

    /// Whether it removes what was kept before roles changed.
    var settlesRoles: Bool {
        if case .update(let update) = self, case .settleRoles = update.action { true } else { false }
    }

    /// Whether it ends a change of roles that an earlier run left.
    var endsRoleTrial: Bool {
        if case .update(let update) = self, case .endRoleTrial = update.action { true } else { false }
    }

    /// The files of a trial that the operation removes.
    var endedFiles: [String] {
        if case .update(let update) = self { update.endedFiles } else { [] }
    }

    /// Whether it clears away what a trial left.
    var clearsTrial: Bool {
        if case .update(let update) = self, case .clearTrial = update.action { true } else { false }
    }

    var isMarkDeleting: Bool {
        if case .domain(.markDeleting) = self { true } else { false }
    }

    var isUndefinition: Bool {
        if case .domain(.undefine) = self { true } else { false }
    }

    var isRosterWrite: Bool {
        if case .roster(.write) = self { true } else { false }
    }

    var isStorage: Bool {
        if case .storage = self { true } else { false }
    }

    /// Whether it writes or deletes a roster.
    var isRosterChange: Bool {
        if case .roster = self { true } else { false }
    }

    var isUpdate: Bool {
        if case .update = self { true } else { false }
    }

    var isMove: Bool {
        if case .move = self { true } else { false }
    }

    var isBarrier: Bool {
        if case .barrier = self { true } else { false }
    }

    /// The volume that the operation deletes.
    var deletedFile: String? {
        if case .storage(.deleteVolume(let path, _)) = self { path } else { nil }
    }
}

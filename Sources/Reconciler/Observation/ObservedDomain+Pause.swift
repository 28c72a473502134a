extension ObservedDomain {
    /// Why a domain is paused, which decides whether it may simply be resumed.
    package enum Pause: String, Sendable, Hashable, CaseIterable {
        /// Somebody paused it, or nobody knows why.
        case byUser
        /// Its start is under way.
        case starting
        case ioError
        case migration
        case watchdog
        case crashed
        /// libvirt writes its memory away, for a save, a dump or a snapshot.
        case saving
        case shuttingDown
        /// The guest put itself to sleep.
        case asleep

        /// Whether going on is all that it needs.
        package var mayResume: Bool { self == .byUser || self == .starting }

        /// After "it is paused".
        package var words: String {
            switch self {
            case .byUser: ""
            case .starting: ", since it is starting"
            case .ioError: " by a disk I/O error"
            case .migration: " by a migration"
            case .watchdog: " by its watchdog"
            case .crashed: ", since its guest crashed"
            case .saving: " while its memory is being saved"
            case .shuttingDown: " during shutdown"
            case .asleep: ", since its guest is suspended"
            }
        }

        /// What to do before it may go on.
        package func remedy(_ name: String, on node: String) -> String {
            switch self {
            case .byUser, .starting: "resume it (virsh resume \(name) on \(node))"
            case .ioError:
                "find the disk (virsh domblkerror \(name) on \(node)), free space in its pool or repair the storage, and then "
                    + "resume it (virsh resume \(name))"
            case .migration:
                "check whether a migration of it is under way (virsh domjobinfo \(name) on \(node)) or it runs elsewhere; if "
                    + "neither, resume it (virsh resume \(name)), or, if it ran elsewhere since, stop it here (virsh destroy "
                    + "\(name)): the next apply starts it from its disks"
            case .watchdog, .crashed:
                "check its console and logs, and then stop it (virsh destroy \(name) on \(node)); the next apply starts it"
            case .saving, .shuttingDown:
                "wait until that is done (virsh domjobinfo \(name) on \(node)), and apply again"
            case .asleep: "wake it (virsh dompmwakeup \(name) on \(node))"
            }
        }
    }

    /// Whether a migration paused it for the change of nodes, and broke off before libvirt was told how it ended.
    ///
    /// libvirt leaves it so where the client that managed the migration is gone. It may go on here only if every node
    /// answers and none has it: no guest runs at the destination before its definition is written there.
    package var wasLeftPausedByMigration: Bool {
        power == .paused && pause == .migration && postCopy == nil && mark?.move != nil
    }

    /// Why it is paused and must not simply be resumed; nil where it may, or is not paused.
    package var standstill: Pause? {
        guard power == .paused, let pause, !pause.mayResume else { return nil }
        return pause
    }
}

/// The keys that say how an instance may be changed.
enum ChangeKeys {
    static let rebootPolicy = Key(
        "rebootPolicy", Kind<ChangePolicy.Reboot>.choice,
        "Whether kvmctl reboots it where nothing less makes a change; with `never` the change waits for the next boot.",
        unset: "`ifNeeded`", example: "never")
    static let onChange = Key(
        "onChange", Kind<ChangePolicy.FirstBoot>.choice,
        "What a change of `cloudInit` or `access` does: nothing, cloud-init again at the next boot, the same with a reboot "
            + "now, or a new root disk.", unset: "`nextBoot`", example: "reprovision")
    static let imageChange = Key(
        "imageChange", Kind<ChangePolicy.Image>.choice,
        "What another image does: nothing but a notice, or a new root disk; data disks stay.", unset: "`ignore`",
        example: "replace")
    static let stop = Key(
        "stop", Kind<ChangePolicy.Stop>.stop, "How it is stopped.", unset: "up to 2 minutes, never by force",
        example: "{timeout: 1m, force: true}")
    static let rollout = Key(
        "rollout", Kind<Int>.rollout, "How many members of the group may be away at once while it changes.",
        unset: "`{maxUnavailable: 1}`", example: "{maxUnavailable: 2}")
    static let renamedFrom = Key(
        "renamedFrom", Kind<Name>.name,
        "The name it had before: the same machine under a new name, not a new one.", unset: "none", example: "old-web")
    static let ignore = Key(
        "ignore", Kind<[String]>.list(of: .fieldPath, "field paths"),
        "Fields that this spec does not manage, such as `memory` or `nics.eth1`; what they are is left alone.",
        unset: "none", example: "[memory]")

    static let snapshotBefore = Key(
        "snapshotBefore", Kind<[ChangePolicy.Risk]>.list(of: .choice, "kinds of change"),
        "Changes before which its disks are kept as they are, to go back to where it is not ready again within the timeout "
            + "of `ready`: `update` is one that reboots it, `replace` another root disk. What was kept goes when it is ready, "
            + "and a change that was taken back is not tried again by itself.", unset: "none",
        example: "[update, replace]")

    static let all: [any KeyDescription] = [
        rebootPolicy, onChange, imageChange, stop, rollout, renamedFrom, ignore, snapshotBefore,
    ]

    static let timeout = Key(
        "timeout", Kind<Duration>.duration, "How long the guest is given to stop by itself.", unset: "`2m`",
        example: "1m")
    static let force = Key(
        "force", Kind<Bool>.boolean, "Whether it is stopped by force after that; what it had not written is lost.",
        unset: "`false`", example: "true")
    static let stopTable = Table("a stop", [timeout, force], principal: timeout)
    static let maxUnavailable = Key(
        "maxUnavailable", Kind<Int>.integer(1...10_000, "a number of members"), "How many members at once.",
        unset: "`1`", example: "2")
    static let rolloutTable = Table("a rollout", [maxUnavailable], principal: maxUnavailable)
}

extension Kind where Value == ChangePolicy.Stop {
    /// How a guest is stopped.
    static var stop: Kind {
        .object(
            ChangeKeys.stopTable, { [ChangeKeys.timeout.written($0.timeout), ChangeKeys.force.written($0.force)] }
        ) { reader in
            var stop = ChangePolicy.Stop()
            if let timeout = reader.optional(ChangeKeys.timeout) { stop.timeout = timeout }
            if let force = reader.optional(ChangeKeys.force) { stop.force = force }
            return stop
        }
    }
}

extension Kind where Value == Int {
    /// How a group is changed: how many of its members may be away.
    static var rollout: Kind {
        .object(ChangeKeys.rolloutTable, { [ChangeKeys.maxUnavailable.written($0)] }) {
            $0.optional(ChangeKeys.maxUnavailable) ?? 1
        }
    }
}

extension Kind where Value == String {
    /// The path of a field that can be ignored.
    static var fieldPath: Kind {
        .parsed("a field such as memory or nics.eth0", pattern: "^[A-Za-z][A-Za-z0-9-]*(\\.[A-Za-z0-9-]+)*$") {
            text throws(Complaint) in
            let first = text.split(separator: ".").first.map { String($0) } ?? ""
            guard ignorable.contains(first) else {
                throw Complaint(
                    message: "\(Found.quoted(text)) is no field that can be ignored",
                    remedy: "use one of \(ignorable.joined(separator: ", ")), or one below it")
            }
            return text
        }
    }

    private static var ignorable: [String] {
        ["access", "autostart", "cloudInit", "disk", "disks", "hardware", "image", "memory", "nics", "power", "vcpus"]
    }
}

/// How an instance may be changed.
extension InstanceField {
    static let rebootPolicy = InstanceField(
        "rebootPolicy", .choice, \.changes.reboot,
        "Whether kvmctl reboots it for a change that needs a reboot; with `never` the change waits for the next boot.",
        example: "never", effect: .policy)

    static let onChange = InstanceField(
        "onChange", .choice, \.changes.firstBoot,
        "The effect of a changed `cloudInit`, `access` or `hostname`: none, cloud-init again at the next boot, the same with "
            + "a reboot now, or a new root disk.", example: "reprovision", effect: .policy)

    static let imageChange = InstanceField(
        "imageChange", .choice, \.changes.image,
        "The effect of another image: only a notice, or a new root disk; data disks stay.", example: "replace",
        effect: .policy)

    static let stop = InstanceField(
        "stop", "a stop", [stopTimeout, stopForce], principal: stopTimeout, "How it is stopped.",
        unset: "up to 2 minutes, never by force", example: "{timeout: 1m, force: true}")

    /// What a deletion goes by when the spec does not have the instance any more.
    static let stopTimeout = InstanceField(
        "stop.timeout", .duration, \.changes.stop.timeout, "The time that the guest has to stop by itself.",
        unset: "`2m`", example: "1m", effect: .noted, traits: Traits(isNewInMarks: true)
    ) { "\($0.components.seconds)s" }

    static let stopForce = InstanceField(
        "stop.force", .boolean, \.changes.stop.force,
        "Whether it is forced off after that; unwritten data is lost.", example: "true",
        effect: .noted, traits: Traits(isNewInMarks: true))

    static let rollout = InstanceField(
        "rollout", "a rollout", [maxUnavailable], principal: maxUnavailable,
        "The most members of the group that may be unavailable during a change.", unset: "`{maxUnavailable: 1}`",
        example: "{maxUnavailable: 2}")

    static let maxUnavailable = InstanceField(
        "rollout.maxUnavailable", .integer(1...10_000, "a number of members"), \.changes.maxUnavailable,
        "The most unavailable members.", example: "2", effect: .policy)

    static let renamedFrom = InstanceField(
        "renamedFrom", .name, \.renamedFrom,
        "The name it had before: the same machine under a new name, not a new one.", unset: "none",
        example: "old-web", effect: .policy)

    static let ignore = InstanceField(
        "ignore", .list(of: .fieldPath, "field paths"), \.changes.ignored,
        "Fields that this spec does not manage, such as `memory` or `nics.eth1`; kvmctl leaves them as they are.",
        unset: "none", example: "[memory]", effect: .policy, traits: Traits(isWrittenByDefault: false))

    static let snapshotBefore = InstanceField(
        "snapshotBefore", .list(of: .choice, "kinds of change"), \.changes.snapshotBefore,
        "Changes before which its disks are snapshotted: `update` reboots it, `replace` gives it another root disk, "
            + "`provision` changes what role packages or `provision:` made in it. If it is not ready again in time, or a "
            + "role cannot be applied, the change is rolled back. The snapshot is deleted when it is ready, "
            + "and a change that was rolled back is not tried again by itself.", unset: "none",
        example: "[update, replace, provision]", effect: .policy, traits: Traits(isWrittenByDefault: false))
}

extension Kind where Value == String {
    /// The path of a field that can be ignored.
    static var fieldPath: Kind {
        .parsed("a field such as memory or nics.eth0", pattern: "^[A-Za-z][A-Za-z0-9-]*(\\.[A-Za-z0-9-]+)*$") {
            text throws(Complaint) in
            let first = text.split(separator: ".").first.map { String($0) } ?? ""
            guard InstanceField.ignorable.contains(first) else {
                throw Complaint(
                    message: "\(Found.quoted(text)) is not a field that can be ignored",
                    remedy: "use one of \(InstanceField.ignorable.joined(separator: ", ")), or one below it")
            }
            return text
        }
    }
}

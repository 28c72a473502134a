import Spec

/// One instance as the spec, its mark, its definition and its running machine have it.
struct Comparison {
    let instance: Instance
    let owned: OwnedDomain
    let wanted: [String: String]
    /// The machine that runs and will go on running; nil where none does.
    let running: ObservedDomain.Running?
    /// Whether it is to run.
    let power: Instance.Power
    /// The paths at which what is wanted is not what was applied.
    let differing: Set<String>
    /// What the spec says of changes, with fields ignored that are tried now, or were and failed.
    private let policy: ChangePolicy

    /// - Parameters:
    ///   - asked: what the spec says, by path.
    ///   - skipped: fields that are not compared now.
    init(
        _ instance: Instance, _ owned: OwnedDomain, asked: [String: String], skipped: [String], power: Instance.Power
    ) {
        self.instance = instance
        self.owned = owned
        self.power = power
        var policy = instance.changes
        policy.ignored += skipped
        self.policy = policy
        var wanted = asked
        if !policy.ignored.isEmpty {
            for (path, old) in owned.mark.applied where policy.ignores(path) { wanted[path] = old }
        }
        self.wanted = wanted
        differing = Self.differences(owned.mark.applied, wanted)
        let isActive = owned.domain.power == .running || owned.domain.power == .paused
        running = isActive && power != .off ? owned.domain.running : nil
    }

    /// The paths at which two do not say the same.
    private static func differences(_ old: [String: String], _ new: [String: String]) -> Set<String> {
        var found: Set<String> = []
        var common = 0
        for (path, value) in new {
            let before = old[path]
            if before != nil { common += 1 }
            if before != value { found.insert(path) }
        }
        // Most often both have the same paths.
        if common < old.count { for path in old.keys where new[path] == nil { found.insert(path) } }
        return found
    }

    /// Whether a field is not to be compared.
    func ignores(_ path: String) -> Bool { policy.ignores(path) }

    var applied: [String: String] { owned.mark.applied }

    /// Whether a reboot is possible and allowed.
    var mayReboot: Bool { running != nil && instance.changes.reboot == .ifNeeded }

    /// What a change does that reaches the guest by a boot only.
    var bootEffect: FieldChange.Effect { mayReboot ? .reboot : .nextBoot }

    /// A field's change as the plan shows it.
    func field(_ path: String, old: String?, new: String?, _ effect: FieldChange.Effect) -> FieldChange {
        FieldChange(
            path: path, old: old.map(Self.shortened), new: new.map(Self.shortened), effect: effect,
            origin: applied[path] == new || isOfMark(path, new) ? .drift : .edit, position: position(of: path))
    }

    /// A difference of what the spec need not say, which somebody made.
    func drift(_ path: String, old: String?, new: String?, _ effect: FieldChange.Effect) -> FieldChange {
        FieldChange(path: path, old: old, new: new, effect: effect, origin: .drift, position: position(of: path))
    }

    /// Whether it is the MAC that the mark remembers, which the spec need not say.
    private func isOfMark(_ path: String, _ new: String?) -> Bool {
        let parts = path.split(separator: ".")
        guard parts.count == 3, parts[0] == "nics", parts[2] == "mac", let name = Name(String(parts[1])) else {
            return false
        }
        return owned.mark.nics[name]?.mac.description == new && applied["nics.\(name).mac"] == nil
    }

    /// A digest's beginning, which is all that people compare.
    private static func shortened(_ text: String) -> String {
        if text.hasPrefix("sha256:") { return "\(text.prefix(19))…" }
        if text.hasPrefix("kvmctl-"), text.utf8.count == 77 { return "\(text.prefix(19))….qcow2" }
        return text
    }

    /// Where the spec says so: the field itself, what it is in, or the instance.
    func position(of path: String) -> Position {
        var parts = path.split(separator: ".")
        while !parts.isEmpty {
            if let position = instance.positions[parts.joined(separator: ".")] { return position }
            parts.removeLast()
        }
        return instance.position
    }
}

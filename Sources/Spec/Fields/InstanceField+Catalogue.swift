import YAML

extension InstanceField {
    /// Every key of an instance, in the order in which the reference and a rendered spec have them.
    static let entries: [InstanceField] = [profiles, count, members, adopted] + shared

    /// The keys that profiles and members of groups have as well.
    static let shared: [InstanceField] = [
        flavor, vcpus, memory, disk, pool, rootDisk, image, install, hardware, nics, networks, firewall, disks, node,
        placement, onMaintenance, power, autostart, protect, hostname, access, cloudInit, ready, roles, packages,
        provision,
        labels, rebootPolicy, onChange, imageChange, stop, rollout, renamedFrom, ignore, snapshotBefore,
    ]

    /// Every field with a value of its own.
    package static let all: [InstanceField] = entries.flatMap { $0.parts.isEmpty ? [$0] : $0.parts }

    private static let byPath = Dictionary(all.map { ($0.path, $0) }) { first, _ in first }

    /// The field of a path, or the one that a path such as `labels.tier` is within; nil where there is none.
    package static func field(of path: String) -> InstanceField? {
        if let field = byPath[path] { return field }
        let first = path.prefix { $0 != "." }
        return first.count == path.count ? nil : byPath[String(first)]
    }

    /// The fields that a flavor gives.
    static let ofFlavors = shared.filter { $0.flavor != nil }

    /// The words that `ignore` knows, sorted.
    static let ignorable = entries.filter(\.isIgnorable).map(\.path).sorted()

    /// What the mark remembers of each instance.
    package static let recorded: [Recorded] = all.compactMap { field in
        if case .never = field.record { return nil }
        return Recorded(path: field.path, record: field.record, isOfMadeOnly: field.isOfMadeOnly)
    }

    /// What the definition has as a text, and the machine from its next boot on.
    package static let ofMachine = all.filter { $0.effect == .boot }

    /// The paths of fields with one effect, sorted: they are asked for at every instance.
    private static let pathsByEffect = Dictionary(grouping: all, by: \.effect).mapValues { $0.map(\.path).sorted() }

    /// The paths of fields with an effect, sorted.
    package static func paths(_ effect: Effect) -> [String] { pathsByEffect[effect] ?? [] }

    /// The paths of fields with one of these effects, sorted.
    package static func paths(_ first: Effect, _ second: Effect) -> [String] {
        (paths(first) + paths(second)).sorted()
    }
}

extension Table {
    static let instance = Table("an instance", InstanceField.entries.map(\.key), acceptsNull: true)
    static let profile = Table("a profile", InstanceField.shared.map(\.key), acceptsNull: true)
    static let member = Table("a member", InstanceField.shared.map(\.key), acceptsNull: true)
    static let flavor = Table("a flavor", InstanceField.ofFlavors.map(\.key))
}

extension Instance {
    /// An instance of which nothing is said: the default of every field.
    ///
    /// What has no default has something harmless, so that the rest can still be checked.
    static let unset = Instance(
        name: .unreadable, part: .main, isManaged: false, position: Position(file: "", line: 0, column: 0), vcpus: 1,
        memory: .gibibytes(1), disk: .gibibytes(10), pool: .local, image: .unreadable,
        ready: Readiness(when: .running))
}

extension Instance {
    /// The fields that a definition has as a text, by path; nothing for what is left to the node.
    package var machine: [String: String] {
        var values: [String: String] = [:]
        for field in InstanceField.ofMachine {
            if case .text(let text) = field.record { values[field.path] = text(self) }
        }
        return values
    }
}

import Spec

/// What one instance that is there needs to become what the spec says.
struct InstanceUpdate {
    /// One step's work, under the end of its name.
    typealias Work = (id: String, action: DomainUpdate.Action)

    /// What a seed that is written anew is to cloud-init.
    enum SeedChange {
        case sameMachine
        case newMachine
    }

    var fields: [FieldChange] = []
    /// What differs and cannot be changed, with the reason.
    var blocked: [(field: FieldChange, why: String)] = []
    var details: [String] = []
    /// What is said of disks whose way to another pool an earlier run began.
    var settledDetails: [String] = []
    /// Changes of the definition.
    var items: [DomainEdit.Item] = []
    /// What the mark will say, `applied` aside.
    var mark: DomainMark
    /// What may be refused by the guest, before anything else is touched.
    var first: [Work] = []
    /// Data volumes to be made, by disk name, each with the pool's folder.
    var volumes: [(disk: String, folder: String, volume: VolumeDefinition)] = []
    /// Changes of what runs, after the definition.
    var live: [Work] = []
    var growths: [DiskGrowth] = []
    /// What earlier runs left of disks on their way, before anything else.
    var settled: [(stage: DiskMove.Stage, move: DiskMove)] = []
    /// Disks that go to another pool, last.
    var diskMoves: [DiskMove] = []
    /// NICs whose addresses the guest is to be told now.
    var guestNICs: [SeedDefinition.NIC] = []
    /// Networks that must be up before NICs are plugged into them.
    var networks: Set<Name> = []
    /// Reservations that nobody needs afterwards, by network.
    var released: [(network: Name, reservation: Reservation)] = []
    /// Whether the seed is to be written anew, and whether cloud-init shall start over.
    var seed: SeedChange?
    var reboots = false
    var replacesRoot = false
    var isRenamed = false
    /// Whether the mark alone is to remember something else.
    var isRelabelled = false
    /// What the domain is to be called once it is off.
    var domainName: String?
    /// Whether it is off, and gets that name at once.
    var isRenamedNow = false
    /// Fields of the definition that the machine gets at its next boot, whenever that is.
    var waiting: [String] = []
    /// Paths of disks afterwards, by name; nil where they stay as they are.
    var disks: [String: String]?
    /// What it takes of what all instances share.
    var claims = Claims()
    /// What is tried, where it can be taken back.
    var attempt: ChangeAttempt?
    /// What the mark says when its steps begin.
    let before: DomainMark

    init(mark: DomainMark) {
        self.mark = mark
        before = mark
    }

    /// Whether nothing has to be done.
    var isEmpty: Bool {
        items.isEmpty && first.isEmpty && volumes.isEmpty && live.isEmpty && growths.isEmpty && guestNICs.isEmpty
            && settled.isEmpty && diskMoves.isEmpty && !isRenamedNow && seed == nil && !reboots && !replacesRoot
            && !isRenamed && !isRelabelled
    }

    /// Whether the guest is away for a while.
    var isDisruptive: Bool { reboots || replacesRoot }
}

/// One instance as the spec, its mark, its definition and its running machine have it.
struct Comparison {
    let instance: Instance
    let owned: OwnedDomain
    let wanted: [String: String]
    /// The machine that runs and will go on running; nil where none does.
    let running: ObservedDomain.Running?

    init(_ instance: Instance, _ owned: OwnedDomain, wanted: [String: String]) {
        self.instance = instance
        self.owned = owned
        self.wanted = wanted
        let isActive = owned.domain.power == .running || owned.domain.power == .paused
        running = isActive && instance.power != .off ? owned.domain.running : nil
    }

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

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
    /// What is said of disks whose move to another pool an earlier run began.
    var unfinishedDetails: [String] = []
    /// Changes of the definition.
    var items: [DomainEdit.Item] = []
    /// What the mark will say; of what is applied, what it says until the new values are recorded.
    var mark: DomainMark
    /// What may be refused by the guest, before anything else is touched.
    var first: [Work] = []
    /// Data volumes to be made, by disk name, each with the pool's folder.
    var volumes: [(disk: String, folder: String, volume: VolumeDefinition)] = []
    /// Changes of what runs, after the definition.
    var live: [Work] = []
    var growths: [DiskGrowth] = []
    /// What earlier runs left of moves of disks, before anything else.
    var unfinishedDiskMoves: [(stage: DiskMove.Stage, move: DiskMove)] = []
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
    /// Whether the root disk stays though the image is another one now, and nobody wrote that it does.
    var hasStaleRoot = false
    /// What must not be done, for which all of it is refused.
    private(set) var refusals: [Plan.Refusal] = []
    /// What it takes of what all instances share.
    var claims = Claims()
    /// What is tried, where it can be rolled back.
    var trial: ChangeTrial?
    /// What the mark says when its steps begin.
    let before: DomainMark

    init(mark: DomainMark) {
        self.mark = mark
        before = mark
    }

    /// What the spec says, by path; empty where nothing has to be done.
    var asked: [String: String] = [:]

    /// Whether nothing has to be done.
    var isEmpty: Bool {
        items.isEmpty && first.isEmpty && volumes.isEmpty && live.isEmpty && growths.isEmpty && guestNICs.isEmpty
            && unfinishedDiskMoves.isEmpty && diskMoves.isEmpty && !isRenamedNow && seed == nil && !reboots
            && !replacesRoot
            && !isRenamed && !isRelabelled
    }

    /// Whether more than what the mark remembers is to change.
    var changesMachine: Bool {
        var other = self
        (other.isRenamed, other.isRelabelled) = (false, false)
        return !other.isEmpty
    }

    /// Whether the running machine is to change.
    var asksGuest: Bool { !first.isEmpty || !live.isEmpty || !guestNICs.isEmpty || !growths.isEmpty }

    /// Whether the guest is away for a while.
    var isDisruptive: Bool { reboots || replacesRoot }

    /// Refuses all of it because one of the fields asks for what must not be done.
    mutating func refuse(_ comparison: Comparison, _ path: String, _ reason: String, remedy: String) {
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, comparison.instance.name.text, on: comparison.owned.node), reason: reason,
                remedy: remedy, position: comparison.position(of: path)))
    }
}

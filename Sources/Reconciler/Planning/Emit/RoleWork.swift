import Spec

/// One instance's roles while their steps are made.
struct RoleWork {
    let instance: Instance
    let node: Name
    let uuid: UniqueID
    /// The domain's name.
    let name: String
    /// How the node gets at what the roles serve.
    let reach: GuestReach
    /// Whether it comes up in this plan.
    let isBooting: Bool
    let isNew: Bool
    /// What is known of the guest's roles.
    var roles = ObservedRoles()
    /// Whether what the guest said holds until the roles are changed: it ran, and keeps its root disk.
    var isSeen = false
    /// The last step of the instance.
    var last: StepID?
    /// The step that writes what its mark says by then: the verification of a change runs however that ended.
    var record: StepID?
    /// What its mark says is applied by then; nil where it is made in this plan.
    var applied: [String: String]?
    /// Where the change stands by which it comes up.
    var change: Int?
    /// Whether it has its turn among its group already.
    var isRolling = false
    /// What is to be done, in order, each with the word for its step's name and whom it waits for.
    var steps: [(change: RoleStep, segment: String, awaited: AwaitedInstances)] = []
    var fields: [FieldChange] = []
    /// The kinds that something changes of, with their subjects.
    var changed: [RoleKey: String] = [:]
    /// The roles of the spec about which it is decided.
    var planned: Set<Name> = []
    /// Those of the spec that the guest has, and that stay as they are.
    var present: Set<MarkedRole> = []
    /// The roles about which nothing can be decided now.
    var undecided: Set<Name> = []
    /// Whether a role failed in a run that was cut off before its disks were back.
    var hasFailed = false
    /// The kinds that could not be read.
    var unread: Set<RoleKey> = []

    var object: ObjectReference { ObjectReference(.instance, instance.name.text, on: node) }
}

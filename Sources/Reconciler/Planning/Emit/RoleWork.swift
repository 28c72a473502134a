import Spec

/// One instance's roles while their steps are made.
struct RoleWork {
    let instance: Instance
    let node: Name
    let uuid: UniqueID
    /// The domain's name.
    let name: String
    /// The address that the node reaches the guest by; nil where none is known.
    let address: IPv4Address?
    /// Whether it comes up only in this plan, so that it could not be asked.
    let isBooting: Bool
    let isNew: Bool
    /// The domain as it was seen; nil where it did not run.
    var domain: ObservedDomain?
    /// The last step of the instance.
    var last: StepID?
    /// Where its creation stands among the changes.
    var creations: [Int] = []
    /// Whether it has its turn among its group already.
    var isRolling = false
    var hasSteps = false
    var fields: [FieldChange] = []
    /// The kinds that something changes of, with their subjects.
    var changed: [RoleKey: String] = [:]
    /// The kinds that could not be read.
    var unread: Set<RoleKey> = []
    /// Roles that left the spec and that nothing is done about now.
    var kept: [MarkedRole] = []

    var object: ObjectReference { ObjectReference(.instance, instance.name.text, on: node) }
}

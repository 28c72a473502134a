package import Spec

/// One line of a plan: what happens to one thing, and why.
package struct Change: Sendable, Equatable {
    package var action: Action
    package var object: ObjectReference
    /// Why this action, and for a new instance why this node.
    package var reason: String
    package var fields: [FieldChange]
    /// What a reader wants to know beside the fields, such as `address 10.77.0.151`.
    package var details: [String]
    /// Why it cannot be carried out now; it has no steps then.
    package var blocked: String?
    package var position: Position?
    /// Who moved, where the change is known by no field: the spec, or the node behind kvmctl's back.
    package var origin: FieldChange.Origin

    package init(
        _ action: Action, _ object: ObjectReference, reason: String, fields: [FieldChange] = [],
        details: [String] = [], blocked: String? = nil, position: Position? = nil,
        origin: FieldChange.Origin = .edit
    ) {
        self.action = action
        self.object = object
        self.reason = reason
        self.fields = fields
        self.details = details
        self.blocked = blocked
        self.position = position
        self.origin = origin
    }
}

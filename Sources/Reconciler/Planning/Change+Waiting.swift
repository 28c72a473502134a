import Spec

extension Change {
    /// Shows an instance that cannot be made now, with the reason.
    static func waitingCreation(_ instance: Instance, _ why: String) -> Change {
        Change(
            .create, ObjectReference(.instance, instance.name.text, on: nil), reason: "it is in the spec",
            blocked: why, position: instance.position)
    }
}

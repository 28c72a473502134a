import Spec

/// The fourth stage: gives every NIC its MAC and its address.
struct IdentityAssigner: AssignmentReading {
    let index: FleetIndex
    let classification: Classification
    let assignments: Assignments
    var identities = Identities()

    static func identify(
        _ index: FleetIndex, _ classification: Classification, _ assignments: Assignments
    ) -> Identities {
        var assigner = IdentityAssigner(index: index, classification: classification, assignments: assignments)
        assigner.assignIdentities()
        return assigner.identities
    }
}

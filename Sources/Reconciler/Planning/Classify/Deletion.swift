import Spec

/// An instance that goes, with what goes along with it.
struct Deletion {
    let owned: OwnedDomain
    /// How it is stopped.
    let policy: ChangePolicy.Stop
    /// The files that are deleted, by disk name.
    let volumes: [(disk: String, path: String)]

    /// The step that marks it as going, before anything of it goes.
    var marking: StepID { StepID("\(owned.node)/instance/\(owned.mark.instance)/mark-deleting") }

    /// The step after which the domain is gone.
    var undefinition: StepID { StepID("\(owned.node)/instance/\(owned.mark.instance)/undefine") }
}

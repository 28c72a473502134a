import Reconciler
import Spec
import TestNames

/// A step whose operation does not matter.
func step(_ id: String, on node: String = "kvm1", requires: [String] = [], after: [String] = []) -> Step {
    Step(
        id: StepID(id), node: name(node), object: ObjectReference(.instance, id, on: name(node)),
        operation: .domain(.start(uuid: UniqueID(derivedFrom: id), name: id)), requires: requires.map(StepID.init),
        after: after.map(StepID.init))
}

/// A plan of steps whose operations do not matter.
func plan(_ steps: [Step]) -> Plan {
    Plan(cluster: ClusterIdentity(name: name("demo")), steps: steps)
}

import Spec

/// Makes instances, and changes those that are there.
struct InstanceEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// The steps of each node that remove instances, in order.
    private(set) var removalsByNode: [Name: [StepID]] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        for (instance, step) in removals {
            if let node = owned[instance]?.node { removalsByNode[node, default: []].append(step) }
        }
        for node in removalsByNode.keys { removalsByNode[node]?.sort { $0.text < $1.text } }
        planExistingInstances()
        planNewInstances()
    }
}

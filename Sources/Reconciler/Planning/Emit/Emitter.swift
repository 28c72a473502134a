import Spec

/// Turns what was decided about one subject into steps.
protocol Emitter: OutcomeReading {
    var decisions: Decisions { get }
    var graph: PlanGraph { get set }

    init(decisions: Decisions, graph: PlanGraph)

    mutating func emit()
}

extension Emitter {
    var index: FleetIndex { decisions.index }
    var classification: Classification { decisions.classification }
    var assignments: Assignments { decisions.assignments }
    var identities: Identities { decisions.identities }
    var outcomes: Outcomes { decisions.outcomes }

    /// Adds a subject's steps to the graph.
    static func emit(_ decisions: Decisions, into graph: inout PlanGraph) {
        // The graph is handed over, so that nothing of it is copied.
        var emitter = Self(decisions: decisions, graph: graph)
        graph = PlanGraph(empty: ())
        emitter.emit()
        graph = emitter.graph
    }

    mutating func add(_ step: PlannedStep, as requirement: Requirement? = nil) {
        graph.add(step, as: requirement)
    }

    /// How an instance's node gets at its guest, as the plan leaves it.
    func reach(of instance: Instance, _ owned: OwnedDomain?) -> GuestReach {
        cluster.reach(of: instance, seen: owned?.domain.verifiedAddress) { nics[instance.name]?[$0]?.address }
    }

    /// What must have booted before an instance does.
    ///
    /// An emulated guest needs a core for a minute to boot: on a node without KVM they boot one after the other.
    func bootsBefore(_ instance: Name, on node: Name) -> [Requirement] {
        answered[node]?.hasKVM == false ? [.earlierBoot(of: instance, on: node)] : []
    }
}

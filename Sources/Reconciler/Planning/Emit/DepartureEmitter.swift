import Spec

/// Has members go when the lists of others are changed, where nothing that these wait for waits for them to go.
///
/// It comes last: then all is known that anything waits for.
struct DepartureEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// Where each step is.
    private var places: [StepID: Int] = [:]
    /// For each instance where the line of the plan stands that takes it away.
    private var lines: [String: Int] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        guard !graph.departures.isEmpty else { return }
        index()
        var change: StepID?
        var earlier: Set<StepID> = []
        for departure in graph.departures {
            if departure.change != change {
                change = departure.change
                earlier = steps(before: departure.change)
            }
            if !earlier.contains(departure.step) {
                graph.require(.step(departure.change), before: departure.step)
                tell(departure, "\(departure.consumer.words) drops it first")
            } else {
                drain(departure)
            }
        }
    }

    private mutating func index() {
        for (place, step) in graph.steps.enumerated() where places[step.id] == nil { places[step.id] = place }
        for (place, change) in graph.findings.changes.enumerated() where change.object.kind == .instance {
            guard change.blocked == nil, [.delete, .stop].contains(change.action) else { continue }
            lines[change.object.name] = place
        }
    }

    /// All that a step waits for, however indirectly.
    private func steps(before id: StepID) -> Set<StepID> {
        let hasManyNodes = answeredNames.count > 1
        var known: Set<StepID> = []
        var open = [id]
        while let current = open.popLast() {
            guard let place = places[current] else { continue }
            for next in graph.waits(of: graph.steps[place], hasManyNodes: hasManyNodes)
            where known.insert(next).inserted {
                open.append(next)
            }
        }
        return known
    }

    /// Takes a member out that goes before the list changes.
    private mutating func drain(_ departure: Departure) {
        guard let first = places[departure.step].map({ graph.steps[$0] }),
            let drain = departure.consumer.step(.out(departure.member), requires: first.requires, after: first.after)
        else {
            graph.findings.note(
                about: [.instance(departure.instance, on: owned[departure.instance]?.node)],
                "\(departure.instance) goes before \(departure.consumer.words) drops it, which waits for what it leaves"
            )
            return
        }
        places[drain.id] = graph.steps.count
        add(drain)
        graph.await(.step(drain.id), before: departure.step)
        graph.await(.step(drain.id), before: departure.change)
        tell(departure, "drained from \(departure.consumer.words) first")
    }

    /// Adds to the line of the plan that takes a member away.
    private mutating func tell(_ departure: Departure, _ words: String) {
        guard let line = lines[departure.instance.text] else { return }
        graph.findings.changes[line].details.append(words)
    }
}

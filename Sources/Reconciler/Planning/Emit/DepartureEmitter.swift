import Spec

/// Has members go when the lists of others are changed, where nothing that these wait for waits for them to go.
///
/// It comes last: then all is known that anything waits for.
struct DepartureEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
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

    /// All that a step waits for, however indirectly.
    private func steps(before id: StepID) -> Set<StepID> {
        let steps = graph.resolved(hasManyNodes: answeredNames.count > 1)
        let order = StepGraph(steps)
        guard let number = order.numbers[id] else { return [] }
        return Set(order.ancestors(of: number, along: .all).map { steps[$0].id })
    }

    /// Takes a member out that goes before the list changes.
    private mutating func drain(_ departure: Departure) {
        guard let first = graph.steps.first(where: { $0.id == departure.step }),
            let drain = departure.consumer.step(.out(departure.member), requires: first.requires, after: first.after)
        else {
            graph.findings.note(
                about: [.instance(departure.instance, on: owned[departure.instance]?.node)],
                "\(departure.instance) goes before \(departure.consumer.words) drops it, which waits for what it leaves"
            )
            return
        }
        add(drain)
        graph.await(.step(drain.id), before: departure.step)
        graph.await(.step(drain.id), before: departure.change)
        tell(departure, "drained from \(departure.consumer.words) first")
    }

    /// Adds to the line of the plan that takes a member away.
    private mutating func tell(_ departure: Departure, _ words: String) {
        let line = graph.findings.changes.lastIndex { change in
            change.object.kind == .instance && change.object.name == departure.instance.text && change.blocked == nil
                && [.delete, .stop].contains(change.action)
        }
        if let line { graph.findings.changes[line].details.append(words) }
    }
}

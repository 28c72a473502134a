import HeapModule
import Spec

/// Which steps of a plan may run now: the graph, how far it has come, and the windows.
///
/// It knows no concurrency, so that its rules can be tested alone. Steps are known by their place in the plan; of
/// those that may run, the one that comes first in the plan does. All of it together takes O((steps + edges) log steps).
struct Schedule {
    /// How one step ended.
    struct Ending: Sendable, Equatable {
        var step: Int
        var outcome: ExecutionReport.Outcome
    }

    private enum State {
        case waiting, running, ended
    }

    private struct NodeState {
        var ready = Heap<Int>()
        var running = 0
        /// All its steps, in plan order.
        var steps: [Int] = []
    }

    private let steps: [Step]
    private let limits: Executor.Limits
    private let broken: [Ending]
    private var state: [State]
    /// How many `requires` and `after` of each step have not ended.
    private var pending: [Int]
    /// By step, those that require it.
    private let needers: [[Int]]
    /// By step, those that run after it.
    private let followers: [[Int]]
    private var nodes: [Name: NodeState] = [:]
    /// The first ready step of each node that has room, and stale entries, which are told by looking.
    private var candidates = Heap<Int>()
    private var running = 0

    init(_ steps: [Step], limits: Executor.Limits) {
        self.steps = steps
        self.limits = Executor.Limits(perNode: max(1, limits.perNode), overall: max(1, limits.overall))
        let graph = StepGraph(steps)
        needers = StepGraph.reversed(graph.requires)
        followers = StepGraph.reversed(graph.after)
        pending = steps.indices.map { graph.requires[$0].count + graph.after[$0].count }
        broken =
            graph.duplicates.map { Ending(step: $0, outcome: .failed(.duplicate(steps[$0]))) }
            + graph.missing.map { Ending(step: $0.step, outcome: .failed(.missing($0.id, for: steps[$0.step]))) }
        state = Array(repeating: .waiting, count: steps.count)
        // A barrier is on no node: none is too busy for it, and none takes it along when it is lost.
        for (index, step) in steps.enumerated() where !step.operation.isBarrier {
            nodes[step.node, default: NodeState()].steps.append(index)
        }
        for index in steps.indices where pending[index] == 0 && !steps[index].operation.isBarrier { makeReady(index) }
    }

    /// Ends the steps that no plan should hold: an identifier given twice, or one that is waited for and not there.
    ///
    /// Barriers that wait for nothing end as well.
    mutating func rejectBroken() -> [Ending] {
        let open = steps.indices.filter { pending[$0] == 0 && steps[$0].operation.isBarrier }
        return broken.flatMap { end($0.step, $0.outcome) } + open.flatMap { end($0, .done) }
    }

    /// The next step that may start, which counts as running from now on; nil where none may before another ends.
    mutating func next() -> Int? {
        guard running < limits.overall else { return nil }
        while let index = candidates.popMin() {
            let name = steps[index].node
            guard var node = nodes.removeValue(forKey: name) else { continue }
            defer {
                nodes[name] = node
                offerFirst(of: name)
            }
            guard node.running < limits.perNode, node.ready.min == index else { continue }
            _ = node.ready.popMin()
            guard state[index] == .waiting else { continue }
            node.running += 1
            running += 1
            state[index] = .running
            return index
        }
        return nil
    }

    /// Notes how a step ended, and returns this ending and those that follow from it, causes first.
    ///
    /// What requires a step that did not succeed ends with it, and so does what waits to run on a node that is lost.
    mutating func end(_ index: Int, _ outcome: ExecutionReport.Outcome) -> [Ending] {
        guard state[index] != .ended else { return [] }
        var endings = [Ending(step: index, outcome: outcome)]
        leave(index)
        if case .failed(let error) = outcome, error.isNodeLost {
            for other in nodes[steps[index].node]?.steps ?? [] where state[other] == .waiting {
                state[other] = .ended
                endings.append(Ending(step: other, outcome: .dependencyFailed(steps[index].id)))
            }
        }
        var position = 0
        while position < endings.count {
            let ending = endings[position]
            position += 1
            if !ending.outcome.isSuccess {
                for needer in needers[ending.step] where state[needer] == .waiting {
                    state[needer] = .ended
                    endings.append(Ending(step: needer, outcome: .dependencyFailed(steps[index].id)))
                }
            }
            for waiter in needers[ending.step] + followers[ending.step] {
                pending[waiter] -= 1
                guard pending[waiter] == 0, state[waiter] == .waiting else { continue }
                if steps[waiter].operation.isBarrier {
                    state[waiter] = .ended
                    endings.append(Ending(step: waiter, outcome: .done))
                } else {
                    makeReady(waiter)
                }
            }
        }
        return endings
    }

    /// Notes how a running step ended, without letting anything follow from it.
    mutating func endAlone(_ ending: Ending) -> Ending {
        leave(ending.step)
        return ending
    }

    /// Ends everything that has not begun, in plan order; without an outcome it fails, because it waits for itself.
    mutating func abandon(_ outcome: ExecutionReport.Outcome?) -> [Ending] {
        var endings: [Ending] = []
        for index in steps.indices where state[index] == .waiting {
            state[index] = .ended
            endings.append(Ending(step: index, outcome: outcome ?? .failed(.cycle(steps[index]))))
        }
        return endings
    }

    private mutating func leave(_ index: Int) {
        if state[index] == .running {
            running -= 1
            nodes[steps[index].node]?.running -= 1
            offerFirst(of: steps[index].node)
        }
        state[index] = .ended
    }

    private mutating func makeReady(_ index: Int) {
        nodes[steps[index].node]?.ready.insert(index)
        offerFirst(of: steps[index].node)
    }

    private mutating func offerFirst(of name: Name) {
        guard let node = nodes[name], node.running < limits.perNode, let first = node.ready.min else { return }
        candidates.insert(first)
    }
}

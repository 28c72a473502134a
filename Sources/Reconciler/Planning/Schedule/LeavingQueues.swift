import Spec

/// The nodes that instances can move to, the best first for what an instance takes.
///
/// Moves only take room, so that scores only fall: see `ScoreHeap`.
struct LeavingQueues {
    /// What an instance takes of its new node.
    struct Demand: Hashable {
        let vcpus: Double
        let memory: Double

        init(_ instance: Instance) {
            vcpus = Double(instance.vcpus)
            memory = Double(instance.memory.bytes)
        }
    }

    /// The nodes that answer and are active, by name.
    let nodes: [Node]
    private var queues: [Demand: ScoreHeap] = [:]

    init(_ nodes: [Node]) {
        self.nodes = nodes
    }

    /// Takes a demand's queue out, so that it is changed in place; nil where there is none yet.
    mutating func take(_ demand: Demand) -> ScoreHeap? { queues.removeValue(forKey: demand) }

    /// A queue of all nodes for a demand.
    func queue(for demand: Demand, _ capacity: (Node) -> NodeCapacity) -> ScoreHeap {
        var queue = ScoreHeap()
        queue.fill(
            nodes.enumerated().map { index, node in
                ScoreHeap.Entry(score: capacity(node).score(vcpus: demand.vcpus, memory: demand.memory), index: index)
            })
        return queue
    }

    /// Puts a demand's queue back.
    mutating func put(_ queue: ScoreHeap, for demand: Demand) { queues[demand] = queue }
}

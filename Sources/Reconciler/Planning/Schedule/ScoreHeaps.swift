/// A queue of nodes for every demand that many instances share.
struct ScoreHeaps {
    /// Below this, going through all nodes costs less than keeping them in order.
    private static let worthwhile = 4

    private var numbers: [ResourceRequest: Int] = [:]
    private var queues: [ScoreHeap] = []

    /// - Parameter demands: of all instances that are to be placed.
    init(_ demands: [ResourceRequest]) {
        var counts: [ResourceRequest: Int] = [:]
        for demand in demands { counts[demand, default: 0] += 1 }
        for (demand, count) in counts where count >= ScoreHeaps.worthwhile {
            numbers[demand] = queues.count
            queues.append(ScoreHeap())
        }
    }

    /// Whether instances of the demand share a queue.
    func serve(_ demand: ResourceRequest) -> Bool { numbers[demand] != nil }

    /// Changes the queue of a demand in place; nothing where it has none.
    mutating func withQueue(_ demand: ResourceRequest, _ change: (inout ScoreHeap) -> Void) {
        if let number = numbers[demand] { change(&queues[number]) }
    }
}

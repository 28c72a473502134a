import HeapModule

/// Nodes in the order of what speaks for them, best first; equal ones in name order.
///
/// Scores only fall while instances are placed. So an entry may be older than its node's score, and is then too high:
/// one that is up to date when it comes first is the best.
struct ScoreHeap {
    struct Entry: Comparable {
        var score: Double
        /// The node's place in name order.
        var index: Int

        static func < (left: Entry, right: Entry) -> Bool {
            left.score > right.score || left.score == right.score && left.index < right.index
        }
    }

    private(set) var isFilled = false
    private var entries = Heap<Entry>()

    /// Puts the nodes in for the first time, in O(n).
    mutating func fill(_ new: [Entry]) {
        entries = Heap(new)
        isFilled = true
    }

    /// Puts a node in, in O(log n).
    mutating func insert(_ entry: Entry) { entries.insert(entry) }

    /// Takes the best node out, in O(log n).
    mutating func popFirst() -> Entry? { entries.popMin() }
}

/// Nodes in the order of what speaks for them, best first; equal ones in name order.
///
/// Scores only fall while instances are placed. So an entry may be older than its node's score, and is then too high:
/// one that is up to date when it comes first is the best.
struct SeatQueue {
    struct Entry {
        var score: Double
        /// The node's place in name order.
        var seat: Int

        static func < (left: Entry, right: Entry) -> Bool {
            left.score > right.score || left.score == right.score && left.seat < right.seat
        }
    }

    private(set) var isFilled = false
    private var entries: [Entry] = []

    /// Puts the nodes in for the first time, in O(n log n).
    mutating func fill(_ new: [Entry]) {
        // A sorted array is a heap.
        entries = new.sorted(by: <)
        isFilled = true
    }

    /// Puts a node in, in O(log n).
    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the best node out, in O(log n).
    mutating func popFirst() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child] < entries[least]
            {
                least = child
            }
            if least == parent { return first }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}

extension PlanChecker {
    /// Into how few queues things fit, in each of which one comes after the one before; as many can be under way at
    /// once.
    ///
    /// All but that many of them can each be given a predecessor of their own (Dilworth).
    ///
    /// - Parameter earlier: those of the things that come before one; the search is short where the nearest are first.
    static func queues(of things: [Int], earlier: (Int) -> [Int]) -> Int {
        let candidates = Dictionary(uniqueKeysWithValues: things.map { ($0, earlier($0)) })
        var successor: [Int: Int] = [:]
        // Chains of exchanges are tried depth first: what one has taken may be given to another.
        func take(_ thing: Int, _ tried: inout Set<Int>) -> Bool {
            for candidate in candidates[thing] ?? [] where tried.insert(candidate).inserted {
                guard let holder = successor[candidate] else {
                    successor[candidate] = thing
                    return true
                }
                if take(holder, &tried) {
                    successor[candidate] = thing
                    return true
                }
            }
            return false
        }
        let successions = things.count { thing in
            var tried: Set<Int> = []
            return take(thing, &tried)
        }
        return things.count - successions
    }
}

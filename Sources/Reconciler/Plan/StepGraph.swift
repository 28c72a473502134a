/// Which steps of a plan wait for which; steps are known by their numbers, which are their places in the plan.
///
/// The planner, the checker and the executor ask it. It decides nothing: an edge that leads nowhere, a name that is
/// given twice and a cycle are told, and judged by whoever asks.
struct StepGraph: Sendable {
    /// The edges that a question follows.
    enum Edges {
        /// Those for whose success a step waits.
        case requires
        /// Those for whose end it waits as well, whatever became of them.
        case all
    }

    /// An edge to a step that the plan does not have.
    struct Missing: Sendable, Equatable {
        let step: Int
        let id: StepID
    }

    /// The first step of each name.
    let numbers: [StepID: Int]
    /// By step, those for whose success it waits.
    let requires: [[Int]]
    /// By step, those for whose end it waits.
    let after: [[Int]]
    /// The steps whose name an earlier one has.
    let duplicates: [Int]
    /// The edges that lead nowhere, in the order of the steps.
    let missing: [Missing]

    /// Reads the edges of the steps, in O(steps + edges).
    init(_ steps: [Step]) {
        var numbers: [StepID: Int] = [:]
        numbers.reserveCapacity(steps.count)
        var duplicates: [Int] = []
        for index in steps.indices {
            guard let first = numbers.updateValue(index, forKey: steps[index].id) else { continue }
            numbers[steps[index].id] = first
            duplicates.append(index)
        }
        var missing: [Missing] = []
        func resolve(_ ids: [StepID], of index: Int) -> [Int] {
            ids.compactMap { id in
                if let number = numbers[id] { return number }
                missing.append(Missing(step: index, id: id))
                return nil
            }
        }
        var requires: [[Int]] = []
        var after: [[Int]] = []
        requires.reserveCapacity(steps.count)
        after.reserveCapacity(steps.count)
        for index in steps.indices {
            requires.append(resolve(steps[index].requires, of: index))
            after.append(resolve(steps[index].after, of: index))
        }
        self.numbers = numbers
        self.requires = requires
        self.after = after
        self.duplicates = duplicates
        self.missing = missing
    }

    /// The steps that a step waits for by itself, once for each edge.
    func next(_ index: Int, along edges: Edges = .all) -> [Int] {
        edges == .requires ? requires[index] : requires[index] + after[index]
    }

    /// All steps that a step waits for, however indirectly; itself only where it waits for itself.
    func ancestors(of index: Int, along edges: Edges) -> Set<Int> {
        var known: Set<Int> = []
        var open = [index]
        while let current = open.popLast() {
            for next in next(current, along: edges) where known.insert(next).inserted { open.append(next) }
        }
        return known
    }

    /// Whether a step waits for another one, however indirectly; a direct wait is found at once.
    func waits(_ index: Int, for other: Int) -> Bool {
        requires[index].contains(other) || after[index].contains(other)
            || ancestors(of: index, along: .all).contains(other)
    }

    /// All steps that edges lead to from one, however indirectly; itself only where one leads back.
    static func reached(from index: Int, along edges: [[Int]]) -> Set<Int> {
        var known: Set<Int> = []
        var open = [index]
        while let current = open.popLast() {
            for next in edges[current] where known.insert(next).inserted { open.append(next) }
        }
        return known
    }

    /// Whether a step requires, however indirectly, another one that is wanted.
    ///
    /// - Parameter leads: whether the search goes on behind a step; the wanted ones are looked for before that is asked.
    func requires(_ index: Int, through leads: (Int) -> Bool = { _ in true }, _ isWanted: (Int) -> Bool) -> Bool {
        var known: Set<Int> = [index]
        var open = [index]
        while let current = open.popLast() {
            for next in requires[current] where known.insert(next).inserted {
                if isWanted(next) { return true }
                if leads(next) { open.append(next) }
            }
        }
        return false
    }

    /// By step, those that an edge leads from to it, in the order of the plan.
    static func reversed(_ edges: [[Int]]) -> [[Int]] {
        var reversed = [[Int]](repeating: [], count: edges.count)
        for (index, others) in edges.enumerated() {
            for other in others { reversed[other].append(index) }
        }
        return reversed
    }

    /// Every step once, after all that it waits for, otherwise in the order of the plan.
    ///
    /// Of steps that wait for each other one comes before what it waits for.
    func order() -> [Int] {
        var isKnown = [Bool](repeating: false, count: requires.count)
        var order: [Int] = []
        order.reserveCapacity(requires.count)
        var stack: [(step: Int, position: Int)] = []
        for start in requires.indices where !isKnown[start] {
            isKnown[start] = true
            stack.append((start, 0))
            while let (step, position) = stack.last {
                let count = requires[step].count
                guard position < count + after[step].count else {
                    order.append(step)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].position += 1
                let wait = position < count ? requires[step][position] : after[step][position - count]
                guard !isKnown[wait] else { continue }
                isKnown[wait] = true
                stack.append((wait, 0))
            }
        }
        return order
    }
}

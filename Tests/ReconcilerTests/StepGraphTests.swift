import SeededRandomness
import Testing

@testable import Reconciler

@Suite("The graph of a plan's steps")
struct StepGraphTests {
    @Test("edges are known by the steps' numbers, those that lead nowhere and names given twice are told")
    func edges() {
        let graph = StepGraph([
            step("a", requires: ["b", "x"]), step("b", after: ["a", "y"]), step("a", requires: ["b"]),
        ])
        #expect(graph.numbers == [StepID("a"): 0, StepID("b"): 1])
        #expect(graph.requires == [[1], [], [1]])
        #expect(graph.after == [[], [0], []])
        #expect(graph.duplicates == [2])
        #expect(graph.missing == [.init(step: 0, id: StepID("x")), .init(step: 1, id: StepID("y"))])
        #expect(StepGraph.reversed(graph.requires) == [[], [0, 2], []])
    }

    @Test("what only runs after a step is no ancestor of it by success")
    func ancestors() {
        let graph = StepGraph([
            step("a"), step("b", requires: ["a"]), step("c", after: ["b"]), step("d", requires: ["c"]),
        ])
        #expect(graph.ancestors(of: 3, along: .requires) == [2])
        #expect(graph.ancestors(of: 3, along: .all) == [0, 1, 2])
        #expect(graph.ancestors(of: 0, along: .all).isEmpty)
    }

    @Test("a search ends where it may not go on, and asks for what is wanted first")
    func search() {
        let graph = StepGraph([step("a"), step("b", requires: ["a"]), step("c", requires: ["b"])])
        #expect(graph.requires(2) { $0 == 0 })
        #expect(!graph.requires(2, through: { $0 != 1 }) { $0 == 0 })
        #expect(graph.requires(2, through: { $0 != 1 }) { $0 == 1 })
        #expect(!graph.requires(2) { $0 == 2 })
    }

    @Test("steps that wait for each other end neither a search nor an order, and each has its place once")
    func cycle() {
        let graph = StepGraph([step("a", requires: ["b"]), step("b", after: ["a"]), step("c", requires: ["c"])])
        #expect(graph.order() == [1, 0, 2])
        #expect(graph.ancestors(of: 0, along: .all) == [0, 1])
        #expect(graph.ancestors(of: 2, along: .requires) == [2])
        #expect(!graph.requires(0) { $0 == 2 })
    }

    @Test("of random graphs it says what following all edges says", arguments: UInt64(1)...30)
    func random(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = random.number(1...25)
        // Edges lead to smaller numbers; the steps then stand in any order.
        let steps = (0..<count).map { index in
            let earlier = (0..<index).filter { _ in random.chance(15) }.map(String.init)
            let (requires, after) = (
                earlier.filter { _ in random.chance(60) }, earlier.filter { _ in random.chance(40) }
            )
            return step("\(index)", requires: requires, after: after)
        }.shuffled(using: &random)
        let graph = StepGraph(steps)
        let order = graph.order()
        #expect(order.sorted() == Array(steps.indices))
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        for index in steps.indices {
            let direct = Set((steps[index].requires + steps[index].after).compactMap { graph.numbers[$0] })
            #expect(direct == Set(graph.next(index)))
            #expect(direct.allSatisfy { (places[$0] ?? .max) < (places[index] ?? 0) })
            let indirect = direct.reduce(into: direct) { $0.formUnion(graph.ancestors(of: $1, along: .all)) }
            #expect(indirect == graph.ancestors(of: index, along: .all))
            let required = graph.ancestors(of: index, along: .requires)
            #expect(
                steps.indices.allSatisfy { other in graph.requires(index) { $0 == other } == required.contains(other) })
        }
    }

    @Test("steps that wait for nothing later stay in the order of the plan")
    func order() {
        let graph = StepGraph([step("a"), step("b", requires: ["d"]), step("c", after: ["a"]), step("d")])
        #expect(graph.order() == [0, 3, 1, 2])
    }
}

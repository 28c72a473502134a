import Foundation
import SeededRandomness
import Spec
import TestNames
import Testing
import YAML

@testable import Reconciler

/// Finding moves for a better balance without asking every guest about every node.
@Suite struct BalanceSearchTests {
    private struct Problem {
        var capacities: [Name: NodeCapacity] = [:]
        var guests: [Name: [Balance.Guest]] = [:]
        var threshold = 0.05
        var blocked: Set<String> = []
        var labels: [Name: [String: String]] = [:]

        func fits(_ wanted: [String: String], _ node: Name) -> Bool {
            wanted.allSatisfy { labels[node]?[$0.key] == $0.value }
        }

        func mayGo(_ guest: Balance.Guest, _ node: Name) -> Bool { !blocked.contains("\(guest.place) \(node)") }
    }

    private static func guest(
        _ place: Int, vcpus: Int, memory: Int, labels: [String: String] = [:]
    ) -> Balance.Guest {
        let instance = Instance(
            name: name("g\(place)"), part: .main, isManaged: true,
            position: Position(file: "-", line: 1, column: 1), vcpus: vcpus, memory: .mebibytes(UInt64(memory)),
            disk: .gibibytes(1), pool: name("local"), image: name("i"), ready: Readiness(when: .running))
        return Balance.Guest(
            instance: instance, demand: .init(vcpus: Double(vcpus), memory: Double(memory), labels: labels),
            place: place)
    }

    private static func add(_ guest: Balance.Guest, to node: Name, _ problem: inout Problem) {
        problem.guests[node, default: []].append(guest)
        problem.capacities[node]?.promise(vcpus: guest.demand.vcpus, memory: guest.demand.memory)
    }

    /// The same by asking all guests of every node about all others.
    private static func thorough(_ problem: Problem) -> [String] {
        var (capacities, guests, moves) = (problem.capacities, problem.guests, [String]())
        func load(_ node: Name, _ vcpus: Double = 0, _ memory: Double = 0) -> Double {
            1 - (capacities[node]?.score(vcpus: vcpus, memory: memory) ?? 0)
        }
        search: while true {
            let byLoad = capacities.keys.sorted { (load($1), $0) < (load($0), $1) }
            for source in byLoad {
                var best: (guest: Balance.Guest, target: Name, load: Double)?
                for guest in guests[source] ?? [] {
                    let left = load(source, -guest.demand.vcpus, -guest.demand.memory)
                    for target in byLoad.reversed() where load(source) - load(target) > problem.threshold {
                        let result = max(left, load(target, guest.demand.vcpus, guest.demand.memory))
                        guard result < load(source), result < best?.load ?? .infinity,
                            capacities[target]?.fits(vcpus: guest.demand.vcpus, memory: guest.demand.memory) == true,
                            problem.fits(guest.demand.labels, target), problem.mayGo(guest, target)
                        else { continue }
                        best = (guest, target, result)
                    }
                }
                guard let best else { continue }
                let demand = best.guest.demand
                moves.append("\(best.guest.instance.name) \(source) \(best.target)")
                guests[source]?.removeAll { $0.place == best.guest.place }
                guests[best.target, default: []].append(best.guest)
                guests[best.target]?.sort { $0.place < $1.place }
                capacities[source]?.promise(vcpus: -demand.vcpus, memory: -demand.memory)
                capacities[best.target]?.promise(vcpus: demand.vcpus, memory: demand.memory)
                continue search
            }
            return moves
        }
    }

    private static func quick(_ problem: Problem) -> (moves: [String], looks: Int) {
        var balance = Balance(
            capacities: problem.capacities, guests: problem.guests, threshold: problem.threshold, fits: problem.fits)
        var moves: [String] = []
        while let move = balance.moveOne(where: problem.mayGo) {
            moves.append("\(move.guest.instance.name) \(move.from) \(move.to)")
        }
        return (moves, balance.looks)
    }

    @Test("The moves are those that asking everybody about everything finds, in the same order")
    func same() {
        var moved = 0
        for seed in UInt64(1)...300 {
            var random = SeededGenerator(seed: seed)
            var problem = Problem()
            let nodes = (0..<Int.random(in: 2...6, using: &random)).map { name("n\($0)") }
            for node in nodes {
                let vcpus = Bool.random(using: &random) ? 8.0 : 16.0
                problem.capacities[node] = NodeCapacity(vcpus: vcpus, memory: vcpus * 1024)
                problem.labels[node] = ["rack": Bool.random(using: &random) ? "a" : "b"]
            }
            for place in 0..<Int.random(in: 1...24, using: &random) {
                let guest = Self.guest(
                    place, vcpus: Int.random(in: 1...3, using: &random),
                    memory: 256 * Int.random(in: 1...4, using: &random),
                    labels: [[:], ["rack": "a"], ["rack": "b"]][Int.random(in: 0..<3, using: &random)])
                let skewed = nodes[
                    min(
                        Int.random(in: 0..<nodes.count, using: &random), Int.random(in: 0..<nodes.count, using: &random)
                    )]
                Self.add(guest, to: skewed, &problem)
                for node in nodes where Int.random(in: 0..<4, using: &random) == 0 {
                    problem.blocked.insert("\(place) \(node)")
                }
            }
            problem.threshold = [0.01, 0.1, 0.3][Int.random(in: 0..<3, using: &random)]
            let expected = Self.thorough(problem)
            moved += expected.count
            #expect(Self.quick(problem).moves == expected, "seed \(seed)")
        }
        #expect(moved > 300)
    }

    /// Ways in which a fleet of so many nodes, with ten guests for each, may be out of balance.
    enum Shape: CaseIterable, Sendable {
        /// Half of the nodes have all guests.
        case halfIsEmpty
        /// A node has all guests.
        case oneHasAll
        /// As the first, and each guest may go to every other node only.
        case labelled
    }

    private static func problem(_ shape: Shape, nodes count: Int) -> Problem {
        var problem = Problem()
        let nodes = (0..<count).map { name("n\($0)") }
        for (index, node) in nodes.enumerated() {
            problem.labels[node] = ["rack": "\(index % 2)"]
            let isLarge = shape == .oneHasAll && index == 0
            problem.capacities[node] = NodeCapacity(
                vcpus: isLarge ? Double(20 * count) : 64, memory: isLarge ? Double(20 * count) : 64)
        }
        for place in 0..<10 * count {
            let home = shape == .oneHasAll ? 0 : place % (count / 2)
            let labels = shape == .labelled ? ["rack": "\(place % 2)"] : [:]
            add(guest(place, vcpus: 1 + place % 2, memory: 1, labels: labels), to: nodes[home], &problem)
        }
        return problem
    }

    @Test("The looks at nodes and guests grow with n log n", arguments: Shape.allCases)
    func growth(_ shape: Shape) {
        let looks = [40, 160, 640].map { nodes in
            let found = Self.quick(Self.problem(shape, nodes: nodes))
            #expect(found.moves.count > 3 * nodes)
            let guests = Double(10 * nodes)
            return Double(found.looks) / (guests * log2(guests))
        }
        print("balance \(shape): \(looks) looks for each of n log n")
        #expect(looks.allSatisfy { $0 < 5 })
        #expect(looks[2] < 1.3 * looks[0])
    }
}

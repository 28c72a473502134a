import Reconciler
import SeededRandomness
import Spec
import TestNames
import TestRoles

/// Groups and single instances whose roles refer to each other at random, without a circle, and what changes of them.
struct Stack {
    private(set) var cluster: Cluster
    let nodes: [Name]
    private var random: SeededGenerator
    /// Names of groups and single instances; each refers to earlier ones only.
    private let order: [String]
    private var counts: [String: Int]
    /// What decides who can drain, and how large groups are.
    private var sizes: SeededGenerator?
    private var drains: Set<String> = []
    private var numbers: [String: Int] = [:]
    private var references: [String: [RoleReference]] = [:]
    private var small: Set<String> = []
    private var isFirst = true

    init(seed: UInt64, hasDrains: Bool = false) throws {
        var random = SeededGenerator(seed: seed)
        let names = (1...random.number(2...7)).map { "s\($0)" }.shuffled(using: &random)
        order = names
        var counts: [String: Int] = [:]
        for name in names where random.chance(50) { counts[name] = random.number(1...4) }
        self.counts = counts
        nodes = (1...random.number(1...2)).map { name("kvm\($0)") }
        cluster = Cluster(name: name("demo"), parts: [.main])
        self.random = random
        if hasDrains {
            var sizes = SeededGenerator(seed: seed &+ 7_919)
            drains = Set(names.filter { _ in sizes.chance(70) })
            self.sizes = sizes
        }
        refer()
        try build()
    }

    /// Other references, numbers, sizes and members.
    mutating func change() throws {
        isFirst = false
        refer()
        for name in order where random.chance(60) { numbers[name, default: 1] += 1 }
        for name in order where random.chance(50) { small.insert(name) }
        for name in order {
            guard let count = counts[name], sizes?.chance(50) == true else { continue }
            counts[name] = sizes?.number(1...max(2, count)) ?? count
        }
        try build()
    }

    /// Whom each refers to from now on.
    private mutating func refer() {
        for (place, one) in order.enumerated() where references[one] == nil || random.chance(30) {
            references[one] = order[..<place].filter { _ in random.chance(30) }.map { other in
                .members(of: name(other), network: name("lan"), port: nil, waits: random.chance(85))
            }
            if counts[one] != nil, random.chance(40) {
                references[one]?.append(.members(of: name(one), network: name("lan"), port: 1, waits: true))
            }
        }
    }

    private mutating func build() throws {
        let instances = order.map { one -> String in
            let group = counts[one].map { ", count: \($0), rollout: {maxUnavailable: \(1 + $0 / 4)}" } ?? ""
            let size = "image: disk, memory: 256MiB, disk: 3GiB, ready: running, networks: [lan]"
            return "\(one): {\(size), vcpus: \(small.contains(one) ? 1 : 2)\(group)}"
        }
        let isLacking = isFirst && order.count > 3
        let shown = isLacking ? instances.dropLast() : instances[...]
        cluster = try ReconcilerTests.cluster(
            networked: "{\(shown.joined(separator: ", "))}", on: nodes.map(\.text))
        for one in order {
            for (name, instance) in cluster.instances where name.text == one || instance.group?.text == one {
                let placed = (references[one] ?? []).enumerated().map { PlacedReference($1, key: "peers.\($0)") }
                let role = Role(
                    Probe.self,
                    Probe.Value(number: numbers[one] ?? 1, references: placed, drains: drains.contains(one)))
                cluster.instances[name]?.roles = [TestNames.name("app"): role]
            }
        }
    }
}

import Foundation
import Reconciler
import SeededRandomness
import Testing

@Suite("Properties of random worlds")
struct PropertyTests {
    /// `KVMCTL_SEED` is the first world's seed and `KVMCTL_WORLDS` how many are tried, where they are set.
    private static func setting(_ name: String, _ fallback: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? fallback
    }

    /// Seeds beyond the first five hundred whose worlds once came out otherwise.
    private static let failedOnce: [UInt64] = [
        1066, 1205, 1288, 1389, 1415, 1524, 1691, 1735, 1820, 2062, 2521, 2533, 2609, 2776, 2933, 2955,
        506, 557, 561, 564, 569, 582, 884, 20529, 20540,
    ]

    @Test("Worlds that once came out otherwise come out as they should", arguments: failedOnce)
    func again(seed: UInt64) async {
        let failures = await Trial.failures(of: World.make(seed: seed))
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }

    @Test("Planned and applied, cut short, silenced, destroyed: random worlds come out as they should")
    func worlds() async {
        let first = Self.setting("KVMCTL_SEED", 1)
        let count = Self.setting("KVMCTL_WORLDS", UInt64(seeds(500).count))
        let results = await withTaskGroup(of: (Set<World.Trait>, [String]).self) { group in
            for seed in first..<(first + count) {
                group.addTask {
                    let world = await World.make(seed: seed)
                    if count == 1 { print(world) }
                    return (world.traits, await Trial.failures(of: world))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let counts = World.Trait.allCases.map { trait in
            "\(trait.rawValue): \(results.count { $0.0.contains(trait) })"
        }
        print("\(count) worlds from seed \(first), of which had a " + counts.joined(separator: ", "))
        let failures = results.flatMap(\.1)
        for failure in failures.prefix(1_000) { print(failure) }
        #expect(failures.count == 0, "see the lines above; KVMCTL_SEED and KVMCTL_WORLDS=1 try one of them alone")
        guard count >= 100 else { return }
        for trait in [World.Trait.unreachableNode, .stoppedDomain, .foreignLookalike, .keptDisk, .halfCreated] {
            #expect(results.count { $0.0.contains(trait) } * 4 >= results.count, "a quarter have a \(trait.rawValue)")
        }
    }
}

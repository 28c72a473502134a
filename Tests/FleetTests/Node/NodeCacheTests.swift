import Reconciler
import Synchronization
import Testing

@testable import Fleet

@Suite("What is known of a node from round to round") struct NodeCacheTests {
    /// How often something was asked for.
    private final class Count: Sendable {
        private let value = Mutex(0)

        var total: Int { value.withLock { $0 } }

        func add() { value.withLock { $0 += 1 } }
    }

    private static let cpus = NodeCPUs(modes: ["host-passthrough"], models: [])

    @Test(
        "a host is asked again in the next round where it could not do everything",
        arguments: [
            (HostTraits(hasKVM: true, uuid: nil, cpus: cpus), 1), (HostTraits(hasKVM: false, uuid: nil, cpus: cpus), 2),
            (HostTraits(hasKVM: true, uuid: nil, cpus: nil), 2),
        ])
    func host(traits: HostTraits, asked: Int) async throws {
        let (cache, count) = (NodeCache(), Count())
        for _ in 0..<2 {
            for _ in 0..<2 {
                let answer = try await cache.host {
                    count.add()
                    return traits
                }
                #expect(answer.hasKVM == traits.hasKVM)
            }
            await cache.beginRound()
        }
        #expect(count.total == asked)
    }

    @Test("the folder of consoles is made once in a round")
    func consoles() async throws {
        let (cache, count) = (NodeCache(), Count())
        for _ in 0..<2 {
            for _ in 0..<2 { try await cache.ensureConsoleFolder { count.add() } }
            await cache.beginRound()
        }
        #expect(count.total == 2)
    }
}

import Synchronization
import Testing

@testable import Fleet

@Suite("Gathering") struct GatheringTests {
    private struct Refusal: Error {}

    /// What was handed on, call by call.
    private final class Calls: Sendable {
        private let all = Mutex<[[Int]]>([])
        var list: [[Int]] { all.withLock { $0 } }
        /// Returns how many calls there were with this one.
        @discardableResult func add(_ items: [Int]) -> Int {
            all.withLock {
                $0.append(items)
                return $0.count
            }
        }
    }

    /// Hands on the numbers from 1 at the same time; those that fail are the result.
    private func hand(_ count: Int, bad: Int? = nil, _ calls: Calls) async -> Set<Int> {
        let gathering = Gathering<Int>()
        return await withTaskGroup(of: Int?.self) { group in
            for number in 1...count {
                group.addTask {
                    do {
                        try await gathering.hand(number) { items in
                            // The first call ends when all others wait for it.
                            if calls.add(items) == 1 {
                                while await gathering.waitingCount < count - 1 { await Task.yield() }
                            }
                            if let bad, items.contains(bad) { throw Refusal() }
                        }
                        return nil
                    } catch { return number }
                }
            }
            return await group.reduce(into: []) { failed, number in
                if let number { failed.insert(number) }
            }
        }
    }

    @Test("What comes during a call goes together with the next one, each item once", arguments: [1, 2, 3, 20])
    func together(count: Int) async {
        let calls = Calls()
        #expect(await hand(count, calls).isEmpty)
        #expect(calls.list.flatMap(\.self).sorted() == Array(1...count))
        #expect(calls.list.count == min(count, 2), "\(calls.list)")
    }

    @Test("Of several of which one is refused, the others are handed on, and it alone fails", arguments: [1, 7, 20])
    func refused(bad: Int) async {
        let calls = Calls()
        #expect(await hand(20, bad: bad, calls) == [bad])
        for number in 1...20 { #expect(calls.list.contains { $0.contains(number) }, "\(number)") }
    }

    @Test("One that is handed on after the others is not left waiting")
    func later() async throws {
        let gathering = Gathering<Int>()
        let calls = Calls()
        for number in 1...3 { try await gathering.hand(number) { calls.add($0) } }
        #expect(calls.list == [[1], [2], [3]])
    }
}

import Foundation
import Testing

extension EndToEnd.SiteTests {
    /// From `leaving` to `ready` of one instance, in seconds of the machine's clock.
    struct Turn: Sendable {
        var instance: String
        var start: Double
        var end: Double
    }

    /// Applies, and returns the turns of the websites in the order in which they began.
    ///
    /// Events are read within milliseconds; a guest takes longer than that from `leaving` to its switch.
    func apply(_ cluster: TestCluster) async throws -> [Turn] {
        let program = try cluster.startApply()
        var turns: [Turn] = []
        var seen = 0
        var isRunning = true
        while isRunning {
            isRunning = program.isRunning
            let now = Date().timeIntervalSince1970
            let lines = program.outputSoFar.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            for line in lines.dropFirst(seen) {
                let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                guard let word = event?["waiting"] as? String, let step = event?["step"] as? String,
                    let instance = step.split(separator: "/").dropFirst(2).first.map(String.init)
                else { continue }
                if word == "leaving" { turns.append(Turn(instance: instance, start: now, end: .infinity)) }
                if word == "ready", let index = turns.firstIndex(where: { $0.instance == instance }) {
                    turns[index].end = now
                }
            }
            seen = lines.count
            try await Task.sleep(for: .milliseconds(5))
        }
        try await program.output().expecting()
        return turns
    }
}

extension Poll {
    /// The failed requests that lie outside of a turn altogether.
    func failures(outside turn: EndToEnd.SiteTests.Turn) -> [(start: Double, end: Double, status: Substring)] {
        failures.filter { $0.end < turn.start || $0.start > turn.end }
    }
}

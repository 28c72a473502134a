import Foundation
import Testing

extension EndToEnd.SiteTests {
    /// From `leaving` to `ready` of one instance, in seconds of the machine's clock.
    struct Turn: Sendable {
        var instance: String
        var start: Double
        var end: Double
    }

    /// What a client saw that asked one address all the time.
    struct Poll: Sendable {
        /// Requests that were not answered well, from their beginning to their end.
        var failures: [(start: Double, end: Double)] = []
        /// The longest time between the ends of two good answers in a row.
        var longestGap = Duration.zero

        /// Reads a line for each request: when it began, when it ended, and the status.
        init(_ lines: String) {
            var last: Double?
            for line in lines.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 3, let start = Double(words[0]), let end = Double(words[1]) else { continue }
                if words[2] == "200" {
                    longestGap = max(longestGap, .seconds(end - (last ?? end)))
                    last = end
                } else {
                    failures.append((start, end))
                }
            }
        }

        /// The failed requests that lie outside of a turn altogether.
        func failures(outside turn: Turn) -> [(start: Double, end: Double)] {
            failures.filter { $0.end < turn.start || $0.start > turn.end }
        }
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

    /// Asks the page of every address every 50 ms while the body runs; one poll for each, in their order.
    func polled<Value: Sendable>(
        _ addresses: [String], _ body: @Sendable () async throws -> Value
    ) async throws -> (Value, [Poll]) {
        let folder = try Scratch.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = """
            for address; do
                while [ ! -e '\(folder.path)/stop' ]; do
                    start=$EPOCHREALTIME
                    code=$(curl -s -o /dev/null -m 2 -w '%{http_code}' "http://$address:8080/" || true)
                    echo "$start $EPOCHREALTIME $code"
                    sleep 0.05
                done >"\(folder.path)/$address" &
            done
            wait
            """
        let poller = try Program("/bin/bash", ["-c", script, "poll"] + addresses)
        let value: Value
        do { value = try await body() } catch {
            try Data().write(to: folder.appending(path: "stop"))
            _ = try? await poller.output(timeout: .seconds(30))
            throw error
        }
        try Data().write(to: folder.appending(path: "stop"))
        try await poller.output(timeout: .seconds(30)).expecting()
        return (value, try addresses.map { Poll(try String(contentsOfFile: "\(folder.path)/\($0)", encoding: .utf8)) })
    }
}

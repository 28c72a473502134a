import Foundation
import Testing

/// What a client saw that asked one address all the time.
struct Poll: Sendable {
    /// Requests that were not answered well, from their beginning to their end, with curl's word for the status.
    var failures: [(start: Double, end: Double, status: Substring)] = []
    /// How many requests were answered well.
    var answers = 0
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
                answers += 1
            } else {
                failures.append((start, end, words[2]))
            }
        }
    }
}

/// Asks for the page of every address every 50 ms while the body runs; one poll for each, in their order.
func polled<Value: Sendable>(
    _ addresses: [String], port: Int = 8080, _ body: @Sendable () async throws -> Value
) async throws -> (Value, [Poll]) {
    let folder = try Scratch.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = """
        for address; do
            while [ ! -e '\(folder.path)/stop' ]; do
                start=$EPOCHREALTIME
                code=$(curl -s -o /dev/null -m 2 -w '%{http_code}' "http://$address:\(port)/" || true)
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

import Foundation

/// A line that `apply -o json` writes while it runs, as far as the tests read it.
struct RunEvent: Decodable, CustomStringConvertible {
    let event: String
    let step: String?
    let outcome: String?

    var description: String { [event, step, outcome].compactMap(\.self).joined(separator: " ") }

    /// Whether it says how a step began or ended.
    var isBoundary: Bool { event == "started" || event == "ended" }

    /// The events among the whole lines of a text; a last line that is still being written is left out.
    static func all(in text: String) throws -> [RunEvent] {
        let whole = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try whole.filter { !$0.isEmpty }.map { line in
            try JSONDecoder().decode(RunEvent.self, from: Data(line.utf8))
        }
    }
}

extension Program {
    /// The events of a running apply so far.
    var events: [RunEvent] {
        get throws { try RunEvent.all(in: outputSoFar) }
    }

    /// Waits until the events so far fulfil a condition, or until the program has ended; returns them.
    func events(within limit: Duration = .seconds(120), until condition: ([RunEvent]) -> Bool) async throws
        -> [RunEvent]
    {
        let deadline = ContinuousClock.now + limit
        while true {
            // Asked before the events are read, so that none of a program that has ended is missed.
            let isOver = !isRunning || ContinuousClock.now > deadline
            let events = try events
            if condition(events) || isOver { return events }
            try await Task.sleep(for: .milliseconds(4))
        }
    }

    /// Waits for the beginning or the end of a step whose identifier ends like this; false when it never came.
    func reached(_ event: String, _ step: String, within limit: Duration = .seconds(120)) async throws -> Bool {
        let matches = { (found: RunEvent) in found.event == event && found.step?.hasSuffix(step) == true }
        return try await events(within: limit) { $0.contains(where: matches) }.contains(where: matches)
    }
}

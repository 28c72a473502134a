import Foundation
import Libvirt

extension GuestAgent {
    /// How a command in the guest ended.
    package struct Outcome: Sendable {
        /// A shell's: above `signals` where a signal ended it; negative where it may still run.
        package var exitCode: Int
        package var output: String
        package var complaint: String

        /// What a signal's number is added to.
        package static let signals = 128

        /// What it said, in one line.
        package var words: String {
            let text = complaint.isEmpty ? output : complaint
            return text.isEmpty ? "it exited with status \(exitCode)" : PlainText.line(String(text.prefix(400)))
        }
    }

    /// Whether the agent answers, asked a few times: one that is busy misses the first.
    func isThere() async throws -> Bool {
        for round in 0..<3 {
            if case .ready = try await probe() { return true }
            if round < 2 { try await Task.sleep(for: .milliseconds(500)) }
        }
        return false
    }

    /// Runs a script in the guest's shell and waits for it; nil where the agent does not run commands.
    ///
    /// The agent writes arguments into the guest's journal: nothing secret may be among them.
    func run(_ script: Script, input: [UInt8] = [], timeout: Duration) async throws -> Outcome? {
        var arguments: [String: any Sendable] = [
            "path": "/bin/sh", "arg": Array(script.words().dropFirst()), "capture-output": true,
        ]
        if !input.isEmpty { arguments["input-data"] = Data(input).base64EncodedString() }
        // A guest that is busy booting takes its time to start a shell, and a nil here says that it may not.
        let started = try await ask("guest-exec", arguments, timeout: .seconds(30))
        guard let started, let pid = try? JSONDecoder().decode(Started.self, from: started).return.pid else {
            return nil
        }
        let start = ContinuousClock.now
        let deadline = start.advanced(by: timeout)
        var wait = Duration.milliseconds(50)
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: wait)
            // Most scripts take a second: what is waited too long then adds up.
            wait = min(wait * 1.5, .milliseconds(ContinuousClock.now - start < .seconds(5) ? 150 : 500))
            guard let reply = try await ask("guest-exec-status", ["pid": pid], timeout: .seconds(10)),
                let status = try? JSONDecoder().decode(Status.self, from: reply).return, status.exited
            else { continue }
            return Outcome(
                exitCode: status.exitcode ?? status.signal.map { Outcome.signals + $0 } ?? -1,
                output: Self.text(status.output),
                complaint: Self.text(status.complaint))
        }
        return Outcome(
            exitCode: -1, output: "", complaint: "it did not finish within \(timeout.components.seconds) s")
    }

    private static func text(_ encoded: String?) -> String {
        encoded.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

private struct Started: Decodable {
    struct Value: Decodable { let pid: Int }
    let `return`: Value
}

private struct Status: Decodable {
    struct Value: Decodable {
        let exited: Bool
        let exitcode: Int?
        let signal: Int?
        let output: String?
        let complaint: String?

        enum CodingKeys: String, CodingKey {
            case exited, exitcode, signal
            case output = "out-data"
            case complaint = "err-data"
        }
    }
    let `return`: Value
}

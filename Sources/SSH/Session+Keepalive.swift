import Formats

extension Session {
    /// Starts a command, here or where the server has room for it, and writes it a line at once and then at every interval, until it ends or is released.
    ///
    /// - Parameters:
    ///   - line: without a newline at its end, which is added.
    ///   - interval: well below the silence after which the command gives up.
    ///   - patience: the silence after which it is taken to have given up, shorter than its own.
    package func hold(
        _ command: [String], line: String = "alive", every interval: Duration = .seconds(5),
        patience: Duration = .seconds(25)
    ) async throws(SSHError) -> Keepalive {
        let name = try check(command)
        let text = ShellQuoting.command(command)
        let ticket = mailbox.ticket()
        let target = target
        let hasSpare = spare != nil
        let begun = Keepalive.Outcome()
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let outcome = Keepalive.Outcome()
        let pulse = Pulse(patience: patience)
        mailbox.post { delivery in
            switch delivery {
            case .ended(let error):
                begun.set(.failure(error))
                outcome.set(.failure(error))
                sink.finish()
            case .loop(let loop):
                var splitter = LineSplitter()
                let activity = CommandActivity(
                    name: name, target: target, text: text,
                    input: .beats(line: Array("\(line)\n".utf8), every: interval, pulse: pulse),
                    limits: CommandLimits(timeout: nil, output: 1 << 20), hasSpare: hasSpare,
                    begun: {
                        begun.set(.success(CommandResult(ending: .exited(0), standardOutput: [], standardError: [])))
                    },
                    lines: { bytes in for line in splitter.take(bytes) { sink.yield(line) } },
                    answer: { result in
                        begun.set(result)
                        outcome.set(result)
                        sink.finish()
                    })
                loop.add(activity, ticket: ticket)
            }
        }
        do throws(SSHError) {
            _ = try await begun.value().get()
        } catch {
            guard let spare, case .sessionsExhausted = error.reason else { throw error }
            return try await spare.session().hold(command, line: line, every: interval, patience: patience)
        }
        return Keepalive(lines: lines, outcome: outcome, pulse: pulse, ticket: ticket, session: self)
    }
}

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// The lines that are complete with these bytes; a line is cut after 64 KiB.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || rest.count >= 64 << 10 {
                lines.append(String(decoding: rest, as: UTF8.self))
                rest = []
            }
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
        }
        return lines
    }
}

extension Session {
    /// Starts a command and writes it a line at once and then at every interval, until it ends or is released.
    ///
    /// - Parameters:
    ///   - line: without a newline at its end, which is added.
    ///   - interval: well below the silence after which the command gives up.
    package func hold(_ command: [String], line: String = "alive", every interval: Duration = .seconds(5))
        async throws(SSHError) -> Hold
    {
        let name = try check(command)
        let text = ShellQuoting.command(command)
        let ticket = mailbox.ticket()
        let target = target
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let outcome = Hold.Outcome()
        mailbox.post { delivery in
            switch delivery {
            case .ended(let error):
                outcome.set(.failure(error))
                sink.finish()
            case .loop(let loop):
                var splitter = LineSplitter()
                let activity = CommandActivity(
                    name: name, target: target, text: text,
                    input: .beats(line: Array("\(line)\n".utf8), every: interval),
                    limits: CommandLimits(timeout: nil, output: 1 << 20),
                    lines: { bytes in for line in splitter.take(bytes) { sink.yield(line) } },
                    answer: { result in
                        outcome.set(result)
                        sink.finish()
                    })
                loop.add(activity, ticket: ticket)
            }
        }
        return Hold(lines: lines, outcome: outcome, ticket: ticket, session: self)
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

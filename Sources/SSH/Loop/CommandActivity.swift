import Glibc

/// A remote command: opened, started, fed, read and reaped without ever waiting.
final class CommandActivity: Activity {
    /// Where the command's standard input comes from.
    enum Input {
        case bytes(ByteQueue)
        case file(FileSource)
        /// Nothing comes, and it does not end before the command or the channel does.
        case silence
        /// A line at once and then at each interval, for as long as the command lives.
        case beats(line: [UInt8], every: Duration)
    }

    private enum Phase { case waiting, opening, starting, running, dying, ended }

    private let name: String
    private let target: String
    private let text: String
    private let limits: CommandLimits
    private var input: Input
    private var phase = Phase.waiting
    private var channel: Channel?
    private var output: [UInt8] = []
    private var errorOutput: [UInt8] = []
    private var deadline: Interest.Clock.Instant?
    private var nextBeat: Interest.Clock.Instant?
    private var holdsPlace = false
    /// How often the server refused a channel, and when to ask again.
    private var refusals = 0
    private var retry: Interest.Clock.Instant?
    /// How many refusals are believed to be the last one when nothing else runs.
    private static let patience = 60
    private var failure: SSHError.Reason?
    private weak var loop: SessionLoop?
    private let lines: (([UInt8]) -> Void)?
    private var answer: (@Sendable (Result<CommandResult, SSHError>) -> Void)?
    /// Called when the command needs its ticket no longer.
    var onEnd: () -> Void = {}

    /// - Parameters:
    ///   - name: what messages call the command.
    ///   - text: the command as the remote shell reads it.
    ///   - lines: takes standard output as it comes, instead of collecting it.
    ///   - answer: called exactly once.
    init(
        name: String, target: String, text: String, input: Input, limits: CommandLimits,
        lines: (([UInt8]) -> Void)? = nil,
        answer: @escaping @Sendable (Result<CommandResult, SSHError>) -> Void
    ) {
        self.name = name
        self.target = target
        self.text = text
        self.input = input
        self.limits = limits
        self.lines = lines
        self.answer = answer
        deadline = limits.timeout.map { Interest.Clock.now.advanced(by: $0) }
    }

    /// Ends the command because nobody waits for it any more.
    func cancel() { stop(.cancelled) }

    /// Closes standard input: a holder ends by this.
    func endInput() {
        input = .bytes(ByteQueue())
        nextBeat = nil
    }

    func prepare(_ interest: inout Interest) {
        if let deadline { interest.wake(at: deadline) }
        if let retry { interest.wake(at: retry) }
        guard phase == .running, let channel else { return }
        switch input {
        case .bytes(let queue): if !queue.isEmpty, channel.room > 0 { interest.wakeNow() }
        case .file(let file): if !file.isAtEnd, channel.room > 0 { interest.wakeNow() }
        case .silence: break
        case .beats: if let nextBeat { interest.wake(at: nextBeat) }
        }
    }

    func advance(_ loop: SessionLoop, _ interest: Interest) -> Bool {
        self.loop = loop
        if let deadline, Interest.Clock.now >= deadline { stop(.commandTimeout(name, limits.timeout ?? .zero)) }
        switch phase {
        case .waiting: take(loop)
        case .opening, .starting, .running, .dying, .ended: break
        }
        if phase == .opening, let channel { open(channel, loop) }
        if phase == .starting, let channel { start(channel) }
        if phase == .running, let channel { serve(channel) }
        if phase == .dying, let channel { bury(channel) }
        if phase == .ended { leave() }
        return phase == .ended
    }

    func abandon(_ error: SSHError) {
        finish(.failure(error))
        phase = .ended
        channel = nil
    }

    private func take(_ loop: SessionLoop) {
        guard loop.runningCommands < SessionLoop.commandLimit, retry.map({ Interest.Clock.now >= $0 }) ?? true else {
            return
        }
        retry = nil
        do throws(SystemFailure) {
            channel = try Channel(on: loop.link)
            loop.runningCommands += 1
            holdsPlace = true
            phase = .opening
        } catch {
            fail(.local(error.call, error.number))
            phase = .ended
        }
    }

    private func open(_ channel: Channel, _ loop: SessionLoop) {
        switch channel.open(.command) {
        case .again: break
        case .done: phase = failure == nil ? .starting : .dying
        case .denied(_, let words):
            self.channel = nil
            // The server's MaxSessions may be smaller than thought, and it counts a session for a moment after its end.
            if failure == nil, refusals < Self.patience || loop.runningCommands > 1 {
                refusals += 1
                retry = Interest.Clock.now.advanced(by: .milliseconds(min(10 * refusals, 200)))
                loop.runningCommands -= 1
                holdsPlace = false
                phase = .waiting
            } else {
                fail(.commandNotStarted(name, why: words))
                phase = .ended
            }
        }
    }

    private func start(_ channel: Channel) {
        switch channel.start(text) {
        case .again: break
        case .done:
            phase = .running
            if case .beats = input { nextBeat = Interest.Clock.now }
        case .denied(_, let words):
            fail(.commandNotStarted(name, why: words))
            phase = .dying
        }
    }

    private func serve(_ channel: Channel) {
        feed(channel)
        channel.refill()
        collect(channel)
        if phase == .running, channel.events.isClosed, !channel.events.leftSome {
            if let signal = channel.events.exitSignal {
                succeed(.signaled(signal))
            } else if let status = channel.events.exitStatus {
                succeed(.exited(status))
            } else {
                fail(.commandVanished(name))
            }
            phase = .ended
        }
    }

    private func feed(_ channel: Channel) {
        switch input {
        case .bytes(var queue):
            input = .bytes(ByteQueue())
            if channel.room > 0 { queue.consume { channel.send($0) ?? $0.count } }
            if queue.isEmpty { channel.sendEnd() }
            input = .bytes(queue)
        case .file(let file):
            do throws(SystemFailure) {
                try file.feed(channel)
                if file.isAtEnd { channel.sendEnd() }
            } catch {
                stop(.local(error.call, error.number))
            }
        case .silence: break
        case .beats(let line, let interval):
            guard let due = nextBeat, Interest.Clock.now >= due else { return }
            _ = line.withUnsafeBytes { channel.send($0) }
            nextBeat = Interest.Clock.now.advanced(by: interval)
        }
    }

    private func collect(_ channel: Channel) {
        let fresh = channel.events.output.takeAll()
        if let lines { if !fresh.isEmpty { lines(fresh) } } else { output += fresh }
        errorOutput += channel.events.errorOutput.takeAll()
        if output.count > limits.output || errorOutput.count > limits.output {
            stop(.outputTooLarge(name, limit: limits.output))
        }
    }

    /// Answers with an error now; the channel is ended as soon as the protocol allows it.
    private func stop(_ reason: SSHError.Reason) {
        guard failure == nil, phase != .ended else { return }
        fail(reason)
        deadline = nil
        switch phase {
        case .waiting: phase = .ended
        case .running:
            channel?.signal("TERM")
            phase = .dying
        case .starting: phase = .dying
        case .opening, .dying, .ended: break
        }
    }

    private func bury(_ channel: Channel) {
        _ = channel.events.output.takeAll()
        _ = channel.events.errorOutput.takeAll()
        channel.close()
        phase = .ended
    }

    private func leave() {
        channel = nil
        if holdsPlace { loop?.runningCommands -= 1 }
        holdsPlace = false
    }

    private func succeed(_ ending: CommandResult.Ending) {
        finish(.success(CommandResult(ending: ending, standardOutput: output, standardError: errorOutput)))
    }

    private func fail(_ reason: SSHError.Reason) {
        failure = reason
        finish(.failure(SSHError(target: target, reason: reason)))
    }

    private func finish(_ result: Result<CommandResult, SSHError>) {
        answer?(result)
        answer = nil
        onEnd()
        onEnd = {}
    }
}

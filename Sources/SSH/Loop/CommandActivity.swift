import Glibc

/// A remote command: opened, started, fed, read and reaped without ever waiting.
final class CommandActivity: Activity {
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
    /// Counts from when the server has room: to wait for others is no fault of the command.
    private var deadline: Interest.Clock.Instant?
    private var nextBeat: Interest.Clock.Instant?
    private var holdsPlace = false
    /// How often the server refused a channel, and when to ask again.
    private var refusals = 0
    private var retry: Interest.Clock.Instant?
    /// How many refusals are believed to be the last one when nothing else runs.
    private static let patience = 60
    /// How many when others run and there is another session to go to.
    private static let patienceBesideOthers = 8
    private var failure: SSHError.Reason?
    /// Whether it stays for as long as somebody wants it, not for as long as it takes.
    private let isHolder: Bool
    /// Whether the command may be tried in another session.
    private let hasSpare: Bool
    private let begun: () -> Void
    private let lines: (([UInt8]) -> Void)?
    private var answer: (@Sendable (Result<CommandResult, SSHError>) -> Void)?
    /// Called when the command needs its ticket no longer.
    var onEnd: () -> Void = {}

    /// - Parameters:
    ///   - name: what messages call the command.
    ///   - text: the command as the remote shell reads it.
    ///   - hasSpare: whether the command may be tried in another session where the server has no room in this one.
    ///   - begun: called once the server has started it.
    ///   - lines: takes standard output as it comes, instead of collecting it.
    ///   - answer: called exactly once.
    init(
        name: String, target: String, text: String, input: Input, limits: CommandLimits,
        hasSpare: Bool = false, begun: @escaping () -> Void = {}, lines: (([UInt8]) -> Void)? = nil,
        answer: @escaping @Sendable (Result<CommandResult, SSHError>) -> Void
    ) {
        self.name = name
        self.target = target
        self.text = text
        self.input = input
        isHolder = input.isHeld
        self.limits = limits
        self.hasSpare = hasSpare
        self.begun = begun
        self.lines = lines
        self.answer = answer
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
        if input.isReady, channel.room > 0 { interest.wakeNow() }
        if let nextBeat { interest.wake(at: nextBeat) }
    }

    func advance(_ loop: SessionLoop, _ interest: Interest) -> Bool {
        if let deadline, Interest.Clock.now >= deadline { stop(.commandTimeout(name, limits.timeout ?? .zero)) }
        switch phase {
        case .waiting: take(loop)
        case .opening, .starting, .running, .dying, .ended: break
        }
        if phase == .opening, let channel { open(channel, loop) }
        if phase == .starting, let channel { start(channel) }
        if phase == .running, let channel { serve(channel) }
        if phase == .dying, let channel { bury(channel) }
        guard phase == .ended else { return false }
        channel = nil
        leavePlace(loop)
        return true
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
        if hasSpare, let capacity = loop.capacity, loop.runningCommands >= capacity {
            fail(.sessionsExhausted(name))
            phase = .ended
            return
        }
        do throws(SystemFailure) {
            channel = try Channel(on: loop.link)
            loop.runningCommands += 1
            if isHolder { loop.runningHolders += 1 }
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
        case .done:
            phase = failure == nil ? .starting : .dying
            if failure == nil { deadline = limits.timeout.map { Interest.Clock.now.advanced(by: $0) } }
        case .denied(_, let words):
            self.channel = nil
            // The server's MaxSessions may be smaller than thought, and it counts a session for a moment after its end.
            if failure == nil, mayWait(loop) {
                refusals += 1
                retry = Interest.Clock.now.advanced(by: .milliseconds(min(10 * refusals, 200)))
                leavePlace(loop)
                phase = .waiting
            } else if loop.runningCommands > 1 {
                loop.capacity = loop.runningCommands - 1
                fail(.sessionsExhausted(name))
                phase = .ended
            } else {
                fail(.commandNotStarted(name, why: words))
                phase = .ended
            }
        }
    }

    /// Whether the server may have room in a moment, for which it is worth to ask again.
    private func mayWait(_ loop: SessionLoop) -> Bool {
        let others = loop.runningCommands - 1
        if others > 0, hasSpare { return refusals < Self.patienceBesideOthers }
        // Holders do not end by themselves.
        return others > loop.runningHolders || refusals < Self.patience
    }

    private func start(_ channel: Channel) {
        switch channel.start(text) {
        case .again: break
        case .done:
            phase = .running
            begun()
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
        guard case .beats(let line, let interval, let pulse) = input else {
            do throws(SystemFailure) { try input.feed(channel) } catch { stop(.local(error.call, error.number)) }
            return
        }
        guard let due = nextBeat, Interest.Clock.now >= due else { return }
        // A command that was left alone for too long has given up, or is about to: it is not to go on by itself.
        guard pulse.beat() else { return endInput() }
        _ = line.withUnsafeBytes { channel.send($0) }
        nextBeat = Interest.Clock.now.advanced(by: interval)
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

    private func leavePlace(_ loop: SessionLoop) {
        guard holdsPlace else { return }
        holdsPlace = false
        loop.runningCommands -= 1
        if isHolder { loop.runningHolders -= 1 }
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

import Formats

/// A shell on a node that stays, and runs any number of commands side by side at the cost of a round trip each.
///
/// A command of its own channel costs a login: a process of the server, a session of PAM, a login shell. Here one channel
/// carries framed requests to a small POSIX shell script, which runs each in a process of its own, with the rights the script
/// has. An answer that does not come whole is an error of that command. Dropping the last reference ends the shell, as does the
/// end of this process or of the link; what runs then is ended by it.
package final class CommandShell: Sendable {
    private let session: Session
    private let ticket: UInt64
    private let mark: String
    private let feed: ByteFeed
    private let conversation: ShellConversation

    /// How long a stopped command is waited for: it has 5 s to end before its `timeout -k 5` kills it.
    private static let patience = Duration.seconds(6)

    private init(
        session: Session, ticket: UInt64, mark: String, feed: ByteFeed, conversation: ShellConversation
    ) {
        self.session = session
        self.ticket = ticket
        self.mark = mark
        self.feed = feed
        self.conversation = conversation
    }

    deinit { endInput() }

    /// Whether it takes commands; one that does not never will again.
    package var isOpen: Bool { conversation.isOpen }

    /// Starts a shell in a session, or where the server has room for it.
    ///
    /// Commands may be run at once; they wait until it is ready. When the time is up or the task is cancelled, the server is told
    /// to forget it.
    /// - Parameters:
    ///   - timeout: for the server to begin it.
    ///   - words: makes the command that becomes the shell from the words that run it, `sh -c …`.
    package static func start(
        on session: Session, timeout: Duration = startLimit, _ words: @Sendable ([String]) -> [String] = { $0 }
    ) async throws(SSHError) -> CommandShell {
        let command = words(["sh", "-c", ShellScripts.runRequests, "kvmctl"])
        let name = try session.check(command)
        let mark = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max), radix: 16) }.joined()
        let conversation = ShellConversation(target: session.target, mark: mark)
        let feed = ByteFeed()
        feed.append(Array("\(mark)\n".utf8))
        let ticket = session.mailbox.ticket()
        let begun = session.startFed(ShellQuoting.command(command), name, feed, ticket, conversation)
        let shell = CommandShell(
            session: session, ticket: ticket, mark: mark, feed: feed, conversation: conversation)
        do throws(SSHError) {
            _ = try await shell.bounded(begun, timeout).get()
        } catch {
            guard let spare = session.spare, case .sessionsExhausted = error.reason else { throw error }
            let other = try await spare.session()
            return try await start(on: other, timeout: timeout, words)
        }
        return shell
    }

    /// How long a server may take to begin a shell, and the shell to be ready.
    package static let startLimit = Duration.seconds(20)

    /// Waits until the shell is ready, and gives what the node wrote before it was.
    ///
    /// When the time is up or the task is cancelled, the shell is ended.
    package func preamble(timeout: Duration = startLimit) async throws(SSHError) -> String {
        try await bounded(conversation.readiness, timeout).get().output
    }

    /// Waits for an outcome of the shell's start, and ends the shell where it does not come in time.
    private func bounded(_ outcome: Keepalive.Outcome, _ timeout: Duration) async -> Keepalive.Outcome.Value {
        let giveUp: @Sendable (SSHError.Reason) -> Void = { [session, ticket, conversation] reason in
            let error = SSHError(target: conversation.target, reason: reason)
            outcome.set(.failure(error))
            conversation.end(error)
            session.mailbox.post { delivery in
                if case .loop(let loop) = delivery { loop.cancel(ticket) }
            }
        }
        let limit = Task {
            try await Task.sleep(for: timeout, clock: .suspending)
            giveUp(.commandTimeout("the command shell", timeout))
        }
        defer { limit.cancel() }
        return await withTaskCancellationHandler {
            await outcome.value()
        } onCancel: {
            giveUp(.cancelled)
        }
    }

    /// What the node wrote so far, where the shell is not ready: the words of whatever runs in its place.
    package var greeting: String { String(decoding: conversation.greeting, as: UTF8.self) }

    /// Runs a command and waits for its end; any number may run at once.
    ///
    /// A status other than 0 is no error; ended by a signal, a command has the shell's status of 128 and the signal's number.
    /// When the time is up or the task is cancelled, the command gets TERM, and the call ends when the command has or some
    /// seconds have passed: under `timeout`, which has a process group, what it started ends with it.
    /// - Parameters:
    ///   - command: program and arguments, passed on exactly.
    ///   - input: standard input; it is at its end when all of this is read.
    ///   - timeout: nil for no limit but the link's own.
    ///   - outputLimit: bytes, for standard output and standard error each.
    package func run(
        _ command: [String], input: [UInt8] = [], timeout: Duration? = .seconds(60),
        outputLimit: Int = Session.defaultOutputLimit
    ) async throws(SSHError) -> CommandResult {
        let name = try session.check(command)
        let number = conversation.number()
        let watch = Task { [self] in try await self.watch(number, name, timeout) }
        defer {
            watch.cancel()
            conversation.forget(number)
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard conversation.begin(number, name, outputLimit: outputLimit, continuation) else { return }
                let text = Array(ShellQuoting.command(command).utf8)
                var request = Array("run \(number) \(text.count) \(input.count) \(outputLimit)\n".utf8)
                request += text
                request += input
                request += Array("\(mark)\n".utf8)
                send(request)
                // Stopped before it was sent, it would run on: the shell was told of it when it did not know it yet.
                if conversation.isStopped(number) { send(Array("end \(number)\n".utf8)) }
            }
        } onCancel: {
            stop(number, .cancelled)
        }
        return try result.get()
    }

    /// Asks the shell whether it still waits for a command that takes long; stops the command when its time is up.
    private func watch(_ number: Int, _ name: String, _ timeout: Duration?) async throws {
        let clock = SuspendingClock()
        let deadline = timeout.map { clock.now.advanced(by: $0) }
        while true {
            let next = clock.now.advanced(by: .seconds(1))
            try await Task.sleep(until: min(next, deadline ?? next), clock: clock)
            if let timeout, let deadline, clock.now >= deadline {
                return stop(number, .commandTimeout(name, timeout))
            }
            send(Array("look \(number)\n".utf8))
        }
    }

    private func stop(_ number: Int, _ reason: SSHError.Reason) {
        guard conversation.stop(number, reason) else { return }
        send(Array("end \(number)\n".utf8))
        Task { [conversation] in
            try? await Task.sleep(for: Self.patience, clock: .suspending)
            conversation.giveUp(number)
        }
    }

    private func send(_ bytes: [UInt8]) {
        feed.append(bytes)
        // The session's thread looks at the feed in the turn that this begins.
        session.mailbox.post { _ in }
    }

    private func endInput() {
        let ticket = ticket
        session.mailbox.post { delivery in
            if case .loop(let loop) = delivery { loop.endInput(ticket) }
        }
    }
}

extension Session {
    /// Starts a command that reads a feed and answers to a conversation; says when the server has begun it.
    fileprivate func startFed(
        _ text: String, _ name: String, _ feed: ByteFeed, _ ticket: UInt64, _ conversation: ShellConversation
    ) -> Keepalive.Outcome {
        let (target, hasSpare) = (target, spare != nil)
        let begun = Keepalive.Outcome()
        mailbox.post { delivery in
            switch delivery {
            case .ended(let error):
                begun.set(.failure(error))
                conversation.end(error)
            case .loop(let loop):
                let activity = CommandActivity(
                    name: name, target: target, text: text, input: .feed(feed),
                    limits: CommandLimits(timeout: nil, output: 1 << 20), hasSpare: hasSpare,
                    begun: {
                        begun.set(.success(CommandResult(ending: .exited(0), standardOutput: [], standardError: [])))
                    },
                    lines: { [weak loop] in if !conversation.take($0) { loop?.endInput(ticket) } },
                    answer: { result in
                        begun.set(result)
                        switch result {
                        case .failure(let error): conversation.end(error)
                        case .success(let result): conversation.ended(result)
                        }
                    })
                loop.add(activity, ticket: ticket)
            }
        }
        return begun
    }
}

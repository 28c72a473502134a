import CLibssh
import Glibc

/// The body of a session's thread: waits for the server, for local sockets and for requests, and serves them in turn.
final class SessionLoop {
    let link: Link
    let target: String
    private let mailbox: Mailbox
    private let options: ConnectOptions
    private var activities: [any Activity] = []
    private var added: [any Activity] = []
    private var tickets: [UInt64: CommandActivity] = [:]
    private var cancelledEarly: Set<UInt64> = []
    private var listeners: [Int: ListenerActivity] = [:]
    private var nextListener = 0
    private var remoteListeners: [Int: RemoteListenerActivity] = [:]
    /// Whose request to the server itself is under way: libssh keeps one at a time, whoever asked.
    private var requester: ObjectIdentifier?
    /// Channels that the server opened and nobody has taken yet, by the port that they are for.
    private var forwarded: [CInt: [ssh_channel]] = [:]
    private var farewells: [() -> Void] = []
    private var lastBytes: UInt64 = 0
    private var lastSign = Interest.Clock.now
    private var probeSent: Interest.Clock.Instant?
    /// How many commands a server runs side by side unless its MaxSessions says otherwise.
    static let commandLimit = 10
    /// How many run now.
    var runningCommands = 0 {
        didSet { if runningCommands < oldValue { wantsTurn = true } }
    }
    /// How many of them stay until they are let go.
    var runningHolders = 0
    /// How many the server has room for, once it has refused more.
    var capacity: Int?
    /// Set when the next turn must not wait for an event.
    private var wantsTurn = false
    /// How often the loop has gone round: a loop that does not sleep shows here.
    private(set) var turns = 0

    init(link: Link, mailbox: Mailbox, target: String, options: ConnectOptions) {
        self.link = link
        self.mailbox = mailbox
        self.target = target
        self.options = options
    }

    /// Runs until somebody asks for the end or the link is gone; returns whom to tell once this loop is gone as well.
    func run() -> [() -> Void] {
        var interest = Interest()
        var ending = SSHError(target: target, reason: .closed)
        while true {
            let requests = mailbox.take()
            for request in requests { request(.loop(self)) }
            // What was just asked for, or begun by another activity, may need no event to go on.
            if !requests.isEmpty || !added.isEmpty { wantsTurn = true }
            activities += added
            added = []
            if mailbox.wantsEnd { break }

            turns += 1
            interest.clear()
            if wantsTurn { interest.wakeNow() }
            wantsTurn = false
            _ = interest.watch(mailbox.wakeup, POLLIN)
            let output = link.handle.hasUnsentBytes ? POLLOUT : 0
            let server = interest.watch(link.socket, POLLIN | output)
            interest.wake(at: nextCheck)
            for activity in activities { activity.prepare(&interest) }
            interest.wait()

            if interest.events(at: server) != 0 { link.isSendBlocked = false }
            if !link.exchange() {
                ending = lost(link.handle.lastError)
                break
            }
            let bytes = link.handle.receivedBytes
            activities.removeAll { $0.advance(self, interest) }
            if link.handle.receivedBytes != bytes {
                // While one activity asked for something, libssh took in what may be for another that had its turn.
                link.isSendBlocked = false
                wantsTurn = true
            }
            if let silence = checkSilence() {
                ending = lost(silence)
                break
            }
        }
        finish(with: ending)
        return farewells
    }

    /// Takes up something new; it has its first turn at once.
    func add(_ activity: any Activity) { added.append(activity) }

    /// Takes up a listening socket and says under which number it can be closed.
    func add(_ listener: ListenerActivity) -> Int {
        nextListener += 1
        listeners[nextListener] = listener
        added.append(listener)
        return nextListener
    }

    /// Ends a listening socket; a number that is gone already is fine.
    func closeListener(_ number: Int) {
        listeners.removeValue(forKey: number)?.close()
    }

    /// A number for a listener on the node.
    func nextRemoteListener() -> Int {
        nextListener += 1
        return nextListener
    }

    /// Takes up a listener on the node, under a number it can be closed with.
    func add(_ listener: RemoteListenerActivity, number: Int) {
        remoteListeners[number] = listener
        added.append(listener)
    }

    /// Ends a listener on the node; a number that is gone already is fine.
    func closeRemoteListener(_ number: Int) {
        remoteListeners.removeValue(forKey: number)?.close()
        wantsTurn = true
    }

    /// Whether a request to the server itself may be made or gone on with by this activity; if so, no other may until it ends.
    func mayRequest(_ activity: RemoteListenerActivity) -> Bool {
        let who = ObjectIdentifier(activity)
        if requester == nil, link.takeProbeAnswer() { requester = who }
        return requester == who
    }

    /// Lets others make their requests.
    func endRequest(_ activity: RemoteListenerActivity) {
        guard requester == ObjectIdentifier(activity) else { return }
        requester = nil
        wantsTurn = true
    }

    /// A channel that the server opened for a connection to a port of the node; nil where there is none now.
    func takeForwarded(to port: CInt) -> ssh_channel? {
        if let channel = forwarded[port]?.popLast() { return channel }
        var found: CInt = 0
        // No time to wait: what has come was taken in already.
        while let channel = ssh_channel_open_forward_port(link.handle.raw, 0, &found, nil, nil) {
            if found == port { return channel }
            forwarded[found, default: []].append(channel)
        }
        return nil
    }

    /// Calls back when the session is over and the last channel is gone.
    func whenFinished(_ body: @escaping () -> Void) { farewells.append(body) }

    /// Takes up a command that can be cancelled by its ticket.
    func add(_ command: CommandActivity, ticket: UInt64) {
        if cancelledEarly.remove(ticket) != nil {
            command.abandon(SSHError(target: target, reason: .cancelled))
            return
        }
        tickets[ticket] = command
        command.onEnd = { [weak self] in self?.tickets[ticket] = nil }
        add(command)
    }

    /// Stops a command whose caller no longer waits.
    func cancel(_ ticket: UInt64) {
        if let command = tickets[ticket] { command.cancel() } else { cancelledEarly.insert(ticket) }
    }

    /// Closes a command's standard input; one that has ended already is fine.
    func endInput(_ ticket: UInt64) { tickets[ticket]?.endInput() }

    /// An error that names this node.
    func error(_ reason: SSHError.Reason) -> SSHError { SSHError(target: target, reason: reason) }

    private func lost(_ words: String) -> SSHError { error(.linkLost(words)) }

    private var nextCheck: Interest.Clock.Instant {
        if let probeSent {
            probeSent.advanced(by: options.probeTimeout)
        } else {
            lastSign.advanced(by: options.probeInterval)
        }
    }

    /// Asks a silent server for a sign of life, and says since when there is none when it does not give one.
    private func checkSilence() -> String? {
        let now = Interest.Clock.now
        let bytes = link.handle.receivedBytes
        if bytes != lastBytes {
            lastBytes = bytes
            lastSign = now
            probeSent = nil
        } else if requester != nil {
            // Its answer is a sign of life, too; the question for one would take it away.
            lastSign = now
            probeSent = nil
        } else if let sent = probeSent {
            if sent.duration(to: now) >= options.probeTimeout {
                return "no data for \(lastSign.duration(to: now).components.seconds) s"
            }
        } else if lastSign.duration(to: now) >= options.probeInterval {
            link.probe()
            probeSent = now
        }
        return nil
    }

    /// Tells everybody who waits, and lets go of every channel before the session goes.
    private func finish(with error: SSHError) {
        for activity in activities + added { activity.abandon(error) }
        activities = []
        added = []
        tickets = [:]
        listeners = [:]
        remoteListeners = [:]
        mailbox.end(with: error)
        // No ssh_disconnect: with a socket of the caller's it leaves that open for ever. Freeing the session closes it.
    }
}

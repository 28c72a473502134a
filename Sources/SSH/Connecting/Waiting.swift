import Glibc

/// Waiting for a descriptor while connecting: no longer than the deadline, and not when nobody wants the result any more.
struct Waiting {
    let deadline: Interest.Clock.Instant
    let limit: Duration
    let mailbox: Mailbox

    init(limit: Duration, mailbox: Mailbox) {
        self.limit = limit
        self.mailbox = mailbox
        deadline = Interest.Clock.now.advanced(by: limit)
    }

    /// Returns when something happened on the descriptor; throws after the deadline, saying what it waited for.
    func wait(for descriptor: CInt, _ events: CInt, until earlier: Interest.Clock.Instant? = nil, what: String)
        throws(ConnectFailure)
    {
        let until = min(earlier ?? deadline, deadline)
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: mailbox.wakeup, events: Int16(POLLIN), revents: 0),
        ]
        // Requests may already wait in the mailbox and keep it readable: then only the end of the session is looked for.
        while true {
            if mailbox.wantsEnd { throw ConnectFailure(.cancelled) }
            let left = Interest.milliseconds(until: until)
            let isBusy = descriptors[1].revents != 0
            let count = poll(&descriptors, isBusy ? 1 : 2, isBusy ? min(left, 100) : left)
            if count < 0, errno != EINTR { throw ConnectFailure(.local("poll", errno)) }
            if count > 0, descriptors[0].revents != 0 { return }
            if Interest.milliseconds(until: until) == 0 { throw ConnectFailure(.timeout(limit, waitingFor: what)) }
        }
    }
}

/// Why connecting failed; the target is put to it at the border.
struct ConnectFailure: Error {
    let reason: SSHError.Reason

    init(_ reason: SSHError.Reason) { self.reason = reason }

    init(_ failure: SystemFailure) { reason = .local(failure.call, failure.number) }
}

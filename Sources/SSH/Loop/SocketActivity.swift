import Glibc

/// Carries bytes both ways between a local socket and a channel, half-closes included.
///
/// Nothing is read on one side before the other has room for it, so that no more than about a mebibyte waits here.
final class SocketActivity: Activity {
    private enum Phase { case opening, carrying, ended }

    /// Told once: nil when the channel is open, otherwise why it is not.
    typealias Answer = (SSHError.Reason?) -> Void

    private let socket: Descriptor
    private let destination: Channel.Destination
    private let channel: Channel
    private let limit: (duration: Duration, deadline: Interest.Clock.Instant)?
    private var answer: Answer?
    private var phase = Phase.opening
    private var fromHere = ByteQueue()
    private var hereEnded = false
    private var thereEnded = false
    private var index: Int?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)

    /// Takes over a non-blocking socket.
    ///
    /// The limit is for opening the channel.
    init(
        _ socket: consuming Descriptor, to destination: Channel.Destination, on link: Link,
        limit: (Duration, Interest.Clock.Instant)? = nil, answer: @escaping Answer
    ) throws(SystemFailure) {
        self.socket = socket
        self.destination = destination
        self.limit = limit
        self.answer = answer
        channel = try Channel(on: link)
    }

    /// Takes over a non-blocking socket and an open channel.
    init(_ socket: consuming Descriptor, over channel: Channel) {
        self.socket = socket
        self.channel = channel
        destination = .command
        limit = nil
        phase = .carrying
    }

    deinit {
        // Closing alone would say nothing to the other end if a child process had got a copy of the socket.
        shutdown(socket.raw, CInt(SHUT_RDWR))
        buffer.deallocate()
    }

    func prepare(_ interest: inout Interest) {
        index = nil
        if phase == .opening, let limit, answer != nil { interest.wake(at: limit.deadline) }
        guard phase == .carrying else { return }
        var events: CInt = 0
        if !hereEnded, fromHere.isEmpty, channel.room > 0 { events |= POLLIN }
        if !channel.events.output.isEmpty { events |= POLLOUT }
        if !fromHere.isEmpty, channel.room > 0 { interest.wakeNow() }
        // A socket whose other end is gone reports that unasked, again and again: look only when something can be done.
        if events != 0 { index = interest.watch(socket.raw, events) }
    }

    func advance(_ loop: SessionLoop, _ interest: Interest) -> Bool {
        if phase == .opening { open() }
        if phase == .carrying { carry(interest.events(at: index)) }
        return phase == .ended
    }

    func abandon(_ error: SSHError) {
        answer?(error.reason)
        answer = nil
        phase = .ended
    }

    private func open() {
        switch channel.open(destination) {
        case .again:
            guard let limit, Interest.Clock.now >= limit.deadline else { return }
            // The channel stays until the server has answered: it could not be closed on that side otherwise.
            answer?(.timeout(limit.duration, waitingFor: "a channel to \(Self.name(destination))"))
            answer = nil
        case .done:
            phase = .carrying
            answer?(nil)
            answer = nil
        case .denied(let code, let words):
            phase = .ended
            answer?(Self.reason(destination, code, words))
            answer = nil
        }
    }

    private func carry(_ events: CInt) {
        if !carryThere(events) || !carryHere() { return end() }
        if channel.events.isClosed, channel.events.output.isEmpty, !channel.events.leftSome { return end() }
        if hereEnded, thereEnded, fromHere.isEmpty, channel.events.output.isEmpty { end() }
    }

    /// From the local socket into the channel; false when that is over for good.
    private func carryThere(_ events: CInt) -> Bool {
        if !fromHere.isEmpty, !send() { return false }
        while !hereEnded, fromHere.isEmpty, events & (POLLIN | POLLHUP | POLLERR) != 0, channel.room > 0 {
            let count = recv(socket.raw, buffer.baseAddress, buffer.count, 0)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            if count == 0 {
                hereEnded = true
            } else {
                fromHere.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                if !send() { return false }
            }
        }
        if hereEnded, fromHere.isEmpty { channel.sendEnd() }
        return true
    }

    private func send() -> Bool {
        var isOpen = true
        fromHere.consume { bytes in
            guard let sent = channel.send(bytes) else {
                isOpen = false
                return bytes.count
            }
            return sent
        }
        return isOpen || channel.events.isClosed
    }

    /// From the channel into the local socket; false when nobody reads there any more.
    private func carryHere() -> Bool {
        channel.refill()
        var isOpen = true
        while isOpen, !channel.events.output.isEmpty {
            var used = 0
            channel.events.output.consume { bytes in
                let count = Glibc.send(socket.raw, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
                if count < 0, errno != EAGAIN, errno != EINTR { isOpen = false }
                used = max(0, count)
                return used
            }
            if used == 0 { break }
            channel.refill()
        }
        _ = channel.events.errorOutput.takeAll()
        if isOpen, !thereEnded, channel.events.output.isEmpty, !channel.events.leftSome, channel.hasEnded {
            thereEnded = true
            shutdown(socket.raw, CInt(SHUT_WR))
        }
        return isOpen
    }

    private func end() {
        channel.close()
        phase = .ended
    }

    /// What a refusal means.
    ///
    /// For a unix socket OpenSSH says only "open failed", whatever was the matter.
    private static func reason(_ destination: Channel.Destination, _ code: Int?, _ words: String) -> SSHError.Reason {
        let administrativelyProhibited = 1
        if code == administrativelyProhibited { return .forwardingForbidden(name(destination)) }
        return .destinationUnreachable(name(destination), why: words)
    }

    private static func name(_ destination: Channel.Destination) -> String {
        switch destination {
        case .command: "a command"
        case .unixSocket(let path): path
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }
}

import CLibssh
import Glibc

/// One channel of a session, driven without ever waiting; used on the session's thread only.
final class Channel {
    /// What a channel leads to.
    enum Destination: Sendable {
        case command
        case unixSocket(String)
        case tcp(host: String, port: Int)
    }

    /// The answer to a step that may need another round trip.
    enum Progress {
        case done
        case again
        /// The server said no: the protocol's reason code, where it gave one, and its words.
        case denied(code: Int?, words: String)
    }

    let events = ChannelEvents()
    private let link: Link
    private let handle: ChannelHandle
    private var sentEnd = false

    init(on link: Link) throws(SystemFailure) {
        self.link = link
        handle = try ChannelHandle(on: link.handle, events: events)
    }

    /// Takes over a channel that the server opened.
    init(adopting raw: ssh_channel, on link: Link) {
        self.link = link
        handle = ChannelHandle(adopting: raw, events: events)
    }

    /// Opens the channel; to be called again while it answers `again`.
    func open(_ destination: Destination) -> Progress {
        let code =
            switch destination {
            case .command: ssh_channel_open_session(handle.raw)
            case .unixSocket(let path): ssh_channel_open_forward_unix(handle.raw, path, "localhost", 0)
            case .tcp(let host, let port): ssh_channel_open_forward(handle.raw, host, CInt(port), "localhost", 0)
            }
        return progress(code)
    }

    /// Asks the server to start a command; to be called again while it answers `again`.
    func start(_ command: String) -> Progress {
        progress(ssh_channel_request_exec(handle.raw, command))
    }

    /// How many bytes may be sent now: what the server has room for, and none while the socket is full.
    var room: Int {
        guard !sentEnd, !events.isClosed, !link.isSendBlocked, !link.handle.hasUnsentBytes else { return 0 }
        return Int(ssh_channel_window_size(handle.raw))
    }

    /// Sends as much as the server has room for and says how much that was; nil when the channel takes no more.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard !sentEnd, !events.isClosed else { return nil }
        let window = Int(ssh_channel_window_size(handle.raw))
        let count = min(bytes.count, window, Int(Int32.max))
        guard count > 0 else { return 0 }
        let sent = ssh_channel_write(handle.raw, bytes.baseAddress, UInt32(count))
        guard sent >= 0 else { return nil }
        // Nothing went out though there was room: keys are being exchanged. The next packet tells when to go on.
        if sent == 0 { link.isSendBlocked = true }
        return Int(sent)
    }

    /// Tells the other side that nothing more comes from here.
    func sendEnd() {
        guard !sentEnd else { return }
        sentEnd = true
        ssh_channel_send_eof(handle.raw)
    }

    /// Ends the channel in both directions.
    func close() {
        sentEnd = true
        ssh_channel_close(handle.raw)
    }

    /// Asks the server to send a signal to the command.
    func signal(_ name: String) {
        _ = ssh_channel_request_send_signal(handle.raw, name)
    }

    /// Takes what libssh held back while the queue was full.
    func refill() {
        guard events.leftSome, events.output.count < ChannelEvents.capacity / 2,
            events.errorOutput.count < ChannelEvents.capacity / 2
        else { return }
        events.leftSome = false
        for isError: CInt in [0, 1] {
            link.withScratch { scratch in
                let count = ssh_channel_read_nonblocking(
                    handle.raw, scratch.baseAddress, UInt32(scratch.count), isError)
                guard count > 0 else { return }
                let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<Int(count)])
                if isError != 0 { events.errorOutput.append(bytes) } else { events.output.append(bytes) }
                if Int(count) == scratch.count { events.leftSome = true }
            }
        }
    }

    /// Whether the other side will send no more output.
    var hasEnded: Bool { events.isClosed || ssh_channel_is_eof(handle.raw) != 0 }

    private func progress(_ code: CInt) -> Progress {
        if code == SSH_OK { return .done }
        if code == SSH_AGAIN { return .again }
        let words = link.handle.lastError
        return .denied(code: Self.reasonCode(words), words: Self.serverWords(words))
    }

    /// The reason code of a refused channel.
    ///
    /// libssh keeps it nowhere but in "… error (1) words".
    private static func reasonCode(_ words: String) -> Int? {
        guard let open = words.firstRange(of: "error (")?.upperBound,
            let close = words[open...].firstIndex(of: ")")
        else { return nil }
        return Int(words[open..<close])
    }

    private static func serverWords(_ words: String) -> String {
        guard let open = words.firstRange(of: "error ("), let close = words[open.upperBound...].firstIndex(of: ")")
        else { return words }
        return String(words[words.index(after: close)...].drop { $0 == " " })
    }
}

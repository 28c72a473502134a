import CLibssh
import Glibc

/// A libssh channel and its callback table, freed together on the thread that owns the session.
struct ChannelHandle: ~Copyable {
    let raw: ssh_channel
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>

    /// Makes an unopened channel that reports to `events`, which must outlive this handle.
    init(on session: borrowing SessionHandle, events: ChannelEvents) throws(SystemFailure) {
        guard let raw = ssh_channel_new(session.raw) else { throw SystemFailure("ssh_channel_new", ENOMEM) }
        self.init(adopting: raw, events: events)
    }

    /// Takes over a channel that the server opened, and of which nothing has been read.
    init(adopting raw: ssh_channel, events: ChannelEvents) {
        self.raw = raw
        callbacks = .allocate(capacity: 1)
        var table = ssh_channel_callbacks_struct()
        table.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        table.userdata = Unmanaged.passUnretained(events).toOpaque()
        table.channel_data_function = channelReceivedData
        table.channel_close_function = channelWasClosed
        table.channel_exit_status_function = channelReceivedStatus
        table.channel_exit_signal_function = channelReceivedSignal
        callbacks.initialize(to: table)
        ssh_set_channel_callbacks(raw, callbacks)
    }

    deinit {
        // libssh keeps the channel until the server has closed it too: it must not call into the table after this.
        ssh_remove_channel_callbacks(raw, callbacks)
        ssh_channel_free(raw)
        callbacks.deallocate()
    }
}

/// What libssh has told about one channel; written by its callbacks, read by the session's loop on the same thread.
final class ChannelEvents {
    var output = ByteQueue()
    var errorOutput = ByteQueue()
    var isClosed = false
    var exitStatus: Int?
    var exitSignal: String?
    /// Data was left inside libssh, since the queue was full.
    var leftSome = false

    /// How much is taken before the sender is made to wait.
    static let capacity = 1 << 20
}

/// Takes the data unless the queue is full: what is left stays with libssh, which then stops granting the sender room.
private func channelReceivedData(
    _ session: ssh_session?, _ channel: ssh_channel?, _ data: UnsafeMutableRawPointer?, _ count: UInt32,
    _ isError: CInt, _ context: UnsafeMutableRawPointer?
) -> CInt {
    guard let context, let data else { return 0 }
    let events = Unmanaged<ChannelEvents>.fromOpaque(context).takeUnretainedValue()
    guard (isError != 0 ? events.errorOutput.count : events.output.count) < ChannelEvents.capacity else {
        events.leftSome = true
        return 0
    }
    let bytes = UnsafeRawBufferPointer(start: data, count: Int(count))
    if isError != 0 { events.errorOutput.append(bytes) } else { events.output.append(bytes) }
    return CInt(count)
}

private func channelWasClosed(_ session: ssh_session?, _ channel: ssh_channel?, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<ChannelEvents>.fromOpaque(context).takeUnretainedValue().isClosed = true
}

private func channelReceivedStatus(
    _ session: ssh_session?, _ channel: ssh_channel?, _ status: CInt, _ context: UnsafeMutableRawPointer?
) {
    guard let context else { return }
    // libssh has a signed field for the protocol's uint32.
    let status = Int(UInt32(bitPattern: status))
    Unmanaged<ChannelEvents>.fromOpaque(context).takeUnretainedValue().exitStatus = status
}

private func channelReceivedSignal(
    _ session: ssh_session?, _ channel: ssh_channel?, _ signal: UnsafePointer<CChar>?, _ core: CInt,
    _ message: UnsafePointer<CChar>?, _ language: UnsafePointer<CChar>?, _ context: UnsafeMutableRawPointer?
) {
    guard let context, let signal else { return }
    let name = String(cString: signal)
    Unmanaged<ChannelEvents>.fromOpaque(context).takeUnretainedValue().exitSignal = name
}

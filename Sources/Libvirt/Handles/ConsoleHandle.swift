import CLibvirt

/// An open console of a running domain; closed when the owner lets go.
///
/// The stream is non-blocking: what the guest writes is fetched on libvirt's event thread, and handed on from there.
struct ConsoleHandle: ~Copyable, CallTarget {
    /// What `send` gives when the node takes nothing at the moment.
    private static let wouldBlock: CInt = -2

    let raw: virStreamPtr
    let object: String

    /// Makes the stream of a console that `open` then opens.
    init(of domain: borrowing DomainHandle, on connection: virConnectPtr) throws(LibvirtError) {
        let object = "console of \(domain.object)"
        guard let raw = virStreamNew(connection, VIR_STREAM_NONBLOCK.rawValue) else {
            throw .last("virStreamNew", on: object)
        }
        self.raw = raw
        self.object = object
    }

    deinit {
        virStreamEventRemoveCallback(raw)
        virStreamAbort(raw)
        virStreamFree(raw)
    }

    /// Opens the console, the first one when no device is named.
    ///
    /// `force` throws out whoever has it open; without it a console in use is refused.
    borrowing func open(
        _ domain: borrowing DomainHandle, device: String?, force: Bool
    ) throws(LibvirtError) {
        let flags = force ? VIR_DOMAIN_CONSOLE_FORCE.rawValue : VIR_DOMAIN_CONSOLE_SAFE.rawValue
        try check("virDomainOpenConsole", virDomainOpenConsole(domain.raw, device, raw, flags))
    }

    /// Has everything the guest writes handed to `output`, until the console ends.
    borrowing func read(to output: ConsoleOutput) throws(LibvirtError) {
        let context = Unmanaged.passRetained(output)
        let events =
            VIR_STREAM_EVENT_READABLE.rawValue | VIR_STREAM_EVENT_ERROR.rawValue
            | VIR_STREAM_EVENT_HANGUP.rawValue
        let added = virStreamEventAddCallback(raw, CInt(events), consoleEvent, context.toOpaque(), releaseOutput)
        if added < 0 {
            let error = LibvirtError.last("virStreamEventAddCallback", on: object)
            context.release()
            throw error
        }
    }

    /// Sends what fits now and gives its number of bytes, which may be 0.
    borrowing func send(_ bytes: UnsafeBufferPointer<UInt8>) throws(LibvirtError) -> Int {
        let sent = bytes.withMemoryRebound(to: CChar.self) { virStreamSend(raw, $0.baseAddress, $0.count) }
        guard sent != Self.wouldBlock else { return 0 }
        return Int(try check("virStreamSend", sent))
    }
}

/// Where a console's output goes; retained by libvirt as long as its callback is registered.
final class ConsoleOutput: Sendable {
    private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation
    private let object: String

    init(_ continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation, object: String) {
        self.continuation = continuation
        self.object = object
    }

    /// Hands on what has come, and ends the output when the console has ended.
    func fetch(from stream: virStreamPtr) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            while true {
                let count = virStreamRecv(stream, buffer.baseAddress, buffer.count)
                switch count {
                case 1...: continuation.yield(buffer[..<Int(count)].map { UInt8(bitPattern: $0) })
                case 0: return end(stream)
                case -1: return end(stream, with: .last("virStreamRecv", on: object))
                default: return
                }
            }
        }
    }

    /// Ends the output, and the events with it.
    func end(_ stream: virStreamPtr, with error: LibvirtError? = nil) {
        virStreamEventRemoveCallback(stream)
        continuation.finish(throwing: error)
    }

    /// Ends the output from this side.
    func finish() {
        continuation.finish()
    }
}

/// Called by libvirt's event thread when the console has output or has ended.
private func consoleEvent(_ stream: virStreamPtr?, _ events: CInt, _ context: UnsafeMutableRawPointer?) {
    guard let stream, let context else { return }
    let output = Unmanaged<ConsoleOutput>.fromOpaque(context).takeUnretainedValue()
    if events & CInt(VIR_STREAM_EVENT_READABLE.rawValue) != 0 {
        output.fetch(from: stream)
    } else {
        output.end(stream)
    }
}

/// Called by libvirt once the callback is gone.
private func releaseOutput(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<ConsoleOutput>.fromOpaque(context).release()
}

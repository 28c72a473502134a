import Synchronization

/// Bytes on their way into a command that goes on: added from anywhere, sent by the session's thread in their order.
final class ByteFeed: Sendable {
    private let queue = Mutex(ByteQueue())

    var isEmpty: Bool { queue.withLock { $0.isEmpty } }

    /// Adds bytes that nothing else gets in between.
    func append(_ bytes: [UInt8]) {
        queue.withLock { queue in bytes.withUnsafeBytes { queue.append($0) } }
    }

    /// Lets `body` look at what is to be sent next and drops as many bytes as it says it used.
    func consume(_ body: (UnsafeRawBufferPointer) -> Int) {
        queue.withLock { $0.consume(body) }
    }
}

import Libvirt
import Synchronization

/// The connections to a node for calls that wait for a guest, such as those to its agent.
///
/// A guest whose agent hangs holds up the connection that asks it, so there are a few. Another one is opened only when
/// all that are open are busy.
final class GuestCallChannels: Sendable {
    /// More would let more guests hang at once, and cost descriptors.
    private static let most = 4

    private let channels = (0..<GuestCallChannels.most).map { _ in AsyncOnce<LibvirtChannel>() }
    private let busy = Mutex([Int](repeating: 0, count: GuestCallChannels.most))
    private let open: @Sendable () async throws -> LibvirtChannel

    init(_ open: @escaping @Sendable () async throws -> LibvirtChannel) {
        self.open = open
    }

    /// Runs calls on the connection that is least busy and writes them down as one.
    func call<Value: Sendable>(
        _ what: String, _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        let index = busy.withLock { busy in
            let index = busy.indices.min { busy[$0] < busy[$1] } ?? 0
            busy[index] += 1
            return index
        }
        defer { busy.withLock { $0[index] -= 1 } }
        return try await channels[index].value(open).call(what, body)
    }

    /// Whether those that were opened still answer.
    func answer() async -> Bool {
        for channel in channels {
            if let open = await channel.current, await !open.answers() { return false }
        }
        return true
    }

    /// Closes those that were opened.
    func close() async {
        for channel in channels { await channel.current?.connection.close() }
    }
}

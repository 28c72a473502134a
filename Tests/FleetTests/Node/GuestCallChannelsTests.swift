import Glibc
import Synchronization
import Testing

@testable import Fleet

/// Calls that wait for guests.
@Suite("Connections for guests") struct GuestCallChannelsTests {
    /// What a call waits for.
    private final class Gate: Sendable {
        let isReached = Mutex(false)
        let isOpen = Mutex(false)
    }

    @Test("A call that hangs holds up no other")
    func hanging() async throws {
        try await TestNode.with { node in
            let guests = node.node.connection.guests
            let gate = Gate()
            async let hanging: Void = guests.call("hanging") { _ in
                gate.isReached.withLock { $0 = true }
                while !gate.isOpen.withLock({ $0 }) { usleep(5_000) }
            }
            while !gate.isReached.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            for _ in 0..<3 { try await guests.call("another") { _ in } }
            gate.isOpen.withLock { $0 = true }
            try await hanging
        }
    }
}

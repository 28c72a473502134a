import Testing

extension EndToEnd {
    /// As `MigrationTests`, with more faults.
    @Suite("Moves with many faults", .serialized) struct MigrationLongTests {
        @Test("Ten faults at ten moments of a move leave one copy, which the next run brings where it belongs")
        func moves() async throws { try await MigrationTests().moves(through: MigrationTests.Fault.many) }
    }
}

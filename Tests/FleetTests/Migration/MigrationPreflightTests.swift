import Testing

@testable import Fleet

@Suite("The preflight of a migration") struct MigrationPreflightTests {
    @Test(
        "is told open from shut by how many connections the kernel says it refused",
        arguments: [
            ("Ip: A B\nIp: 1 2\nTcp: InSegs OutRsts InErrs\nTcp: 7 42 0\nUdp: OutRsts\nUdp: 9\n", 42),
            ("Tcp: InSegs InErrs\nTcp: 7 0\n", nil), ("Tcp: InSegs OutRsts\nTcp: 7\n", nil),
            ("Tcp: InSegs OutRsts\n", nil), ("", nil),
        ] as [(String, UInt64?)])
    func refusals(table: String, expected: UInt64?) {
        #expect(PortPreflight.refusals(in: table) == expected)
    }
}

import Foundation
import SSH
import Testing

@testable import Fleet

@Suite("Ports for migrations") struct MigrationPortsTests {
    @Test(
        "are those of the node's configuration, else libvirt's own",
        arguments: [
            ("", 49_152...49_215), ("#migration_port_min = 50000\n", 49_152...49_215),
            ("migration_port_min = 50000\nmigration_port_max = 50010\n", 50_000...50_010),
            (" migration_port_max=49160 # few\n", 49_152...49_160),
            ("migration_port_min = 60000\n", 49_152...49_215),
            ("migration_port_min = 99999999999999999999\n", 49_152...49_215),
        ] as [(String, ClosedRange<Int>)])
    func range(configuration: String, expected: ClosedRange<Int>) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let path = "\(test.folder)/qemu.conf"
            try Data(configuration.utf8).write(to: URL(filePath: path))
            let answer = try await test.commands.run("reading", MigrationScripts.ports(file: path))
            #expect(MigrationPorts.range(in: answer.output) == expected)
        }
    }
}

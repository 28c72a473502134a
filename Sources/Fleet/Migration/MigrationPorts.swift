import Reconciler
import SSH

/// The ports on which a node's QEMU takes in guests and their disks.
enum MigrationPorts {
    /// Where libvirt's configuration says nothing (`migration_port_min`, `migration_port_max` in `qemu.conf`).
    static let usual = 49_152...49_215

    /// The range in what the script printed; the last line of each end counts, as for libvirt.
    static func range(in text: String) -> ClosedRange<Int> {
        var ends = (usual.lowerBound, usual.upperBound)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let port = Int(words[1]), (1...65_535).contains(port) else { continue }
            if words[0] == "min" { ends.0 = port }
            if words[0] == "max" { ends.1 = port }
        }
        return ends.0 <= ends.1 ? ends.0...ends.1 : usual
    }
}

extension NodeContext {
    /// This node's ports for migrations; libvirt's usual ones where its configuration cannot be read.
    func migrationPorts() async -> ClosedRange<Int> {
        let answer = try? await connection.commands.run(
            "reading its migration ports", MigrationScripts.ports(file: "/etc/libvirt/qemu.conf"),
            timeout: .seconds(10))
        return MigrationPorts.range(in: answer?.output ?? "")
    }
}

import Reconciler
import SSH
import Spec

/// The ports through which one guest migrates over ssh: one for its memory, one for its disks.
///
/// A node that is this machine needs no session of its own. Each is on the source's and the destination's loopback under the same number, as libvirt is told one address for
/// both. Whoever may log in to the nodes could connect to them meanwhile.
struct MigrationTunnels: Sendable {
    let memory: Tunnel
    let disks: Tunnel?

    static let loopback = "127.0.0.1"

    var memoryURI: String { "tcp://\(MigrationTunnels.loopback):\(memory.port)" }
    var disksURI: String? { disks.map { "tcp://\(MigrationTunnels.loopback):\($0.port)" } }

    /// Gives the ports back; what is still being sent ends with its connections.
    func close() {
        memory.close()
        disks?.close()
    }
}

extension MigrationDriver {
    /// Opens the way to another node through this machine, over sessions of their own so that control does not wait.
    func openTunnels(to destination: MigrationDriver, forDisks hasDisks: Bool) async throws -> MigrationTunnels {
        let ends = (try await connection.bulk(), try await destination.connection.bulk())
        @Sendable func open() async throws -> Tunnel {
            switch ends {
            case (let here?, let there?): try await here.tunnel(to: there)
            case (let here?, nil): try await here.tunnelToHere()
            case (nil, let there?): try await there.tunnelFromHere()
            case (nil, nil):
                throw StepProblem(
                    "\(node) and \(destination.node) are both this machine", remedy: "Give each node its own address.")
            }
        }
        return try await connection.log.record("opening a tunnel through this machine to \(destination.node)", on: node)
        {
            MigrationTunnels(memory: try await open(), disks: hasDisks ? try await open() : nil)
        }
    }
}

package import Reconciler
import Spec

/// A running guest that has roles, and the channel to it.
package struct RoleGuest: Sendable {
    /// The node that it runs on.
    package let node: NodeContext
    package let uuid: UniqueID
    /// The domain's name.
    package let name: String
    /// How the node gets at what it serves.
    package let reach: GuestReach
    package let channel: GuestChannel

    /// Another guest of the cluster, from which a step of this one takes something.
    ///
    /// - Throws: where its node does not answer, or nothing leads into it.
    package func peer(_ place: GuestPlace) async throws -> RoleGuest {
        guard let other = place.node == node.node ? node : node.peers[place.node] else {
            throw StepProblem("\(place.node), which \(place.name) runs on, does not answer")
        }
        return RoleGuest(
            node: other, uuid: place.uuid, name: place.name,
            reach: GuestReach(address: place.addresses.first),
            channel: try await other.channel(into: place.uuid, at: place.addresses))
    }
}

extension NodeContext {
    /// What runs scripts on the node.
    package var commands: NodeCommands { connection.commands }

    /// What runs scripts on this machine.
    package var commandsHere: NodeCommands {
        NodeCommands(shell: LocalShell(), node: node, log: connection.log)
    }

    /// The folder on the node that is the cluster's own.
    package var clusterFolder: String { connection.folder(of: cluster) }

    /// The channel to a guest by its agent alone, whether that answers or not.
    package func agentChannel(of uuid: UniqueID) async throws -> GuestChannel {
        .agent(try await connection.agent(of: uuid))
    }

    package var settings: ConnectionSettings { connection.settings }
}

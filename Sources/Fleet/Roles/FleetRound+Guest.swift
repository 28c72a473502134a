package import Reconciler
import Spec

extension FleetRound {
    /// A running guest and the channel to it.
    ///
    /// - Throws: where its node does not answer, or nothing leads into it.
    package func guest(at place: GuestPlace) async throws -> RoleGuest {
        guard let node = connectedNodes[place.node]?.context else {
            throw StepProblem("\(place.node), which \(place.name) runs on, does not answer")
        }
        return RoleGuest(
            node: node, uuid: place.uuid, name: place.name,
            reach: GuestReach(address: place.addresses.first),
            channel: try await node.channel(into: place.uuid, at: place.addresses))
    }
}

import Spec

extension Emitter {
    /// The addresses that the source's networks keep for an instance that has left.
    mutating func release(_ move: InstanceMove, after step: StepID?) {
        guard let macs = owned[move.instance].map({ Set($0.mark.nics.values.map(\.mac)) }) else { return }
        for network in answered[move.from]?.networks ?? [] where network.mark?.cluster == identity {
            guard let mark = network.mark, mark.uuid == network.uuid else { continue }
            let theirs = network.reservations.filter { macs.contains($0.mac) }
            guard !theirs.isEmpty else { continue }
            add(
                PlannedStep(
                    id: StepID("\(move.from)/network/\(mark.network)/release/\(move.instance)"), node: move.from,
                    object: ObjectReference(.network, mark.network.text, on: move.from),
                    operation: .network(
                        .updateReservations(uuid: network.uuid, name: network.name, add: [], remove: theirs)),
                    requires: [step].compactMap(\.self).map(Requirement.step)))
        }
    }
}

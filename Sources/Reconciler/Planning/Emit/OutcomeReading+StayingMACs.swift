import Spec

extension OutcomeReading {
    /// The MACs in a network of the domains on a node that this plan does not remove, whosever they are.
    func stayingMACs(in network: ObservedNetwork, on node: Name) -> Set<MACAddress> {
        var macs: Set<MACAddress> = []
        for domain in answered[node]?.domains ?? [] {
            let isLeaving = domain.mark.map { mark in
                removals[mark.instance] != nil && owned[mark.instance]?.domain.uuid == domain.uuid
            }
            guard isLeaving != true else { continue }
            macs.formUnion(domain.nics.filter { $0.attachment == .network(network.name) }.map(\.mac))
            guard isLeaving == false, let mark = domain.mark else { continue }
            let old = Set(mark.nics.values.map(\.mac))
            let new = updates[mark.instance].map { Set($0.update.mark.nics.values.map(\.mac)) } ?? old
            macs.subtract(old.subtracting(new))
            macs.formUnion(new)
        }
        return macs
    }
}

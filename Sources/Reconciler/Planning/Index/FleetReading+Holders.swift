import Spec

extension FleetReading {
    /// The unreachable nodes that may hold an instance which no node that answered has.
    ///
    /// A unreachable node holds what the roster says. Where no node that answered has one, this machine's own copy stands in.
    /// Where there is none either, but things of this cluster are there, the rosters were lost, and every unreachable
    /// node may hold anything, an `offline` one as well. Where there is nothing at all, the cluster is new.
    ///
    /// Where no node answers at all, nothing is known of anything. What was adopted is there somewhere: where nobody
    /// remembers it, that is on a node that does not answer.
    func possibleHolders(of instance: Name) -> [Name] {
        if let entry = history.instances[instance] {
            let holders = [entry.node, entry.alsoOn].compactMap(\.self).filter(unreachable.contains)
            if !holders.isEmpty { return holders }
        } else if isBlind || cluster.instances[instance]?.isAdopted == true {
            return unreachable.sorted()
        }
        if history.exists {
            guard history.instances[instance] == nil else { return [] }
            return unreachable.filter { node in history.nodes[node].map { $0.machine == nil } ?? false }.sorted()
        }
        return history.isLost ? unreachable.sorted() : []
    }

    /// Whether no node answered that was asked.
    var isBlind: Bool { answered.isEmpty && unreachable.contains { cause(of: $0) != nil } }
}

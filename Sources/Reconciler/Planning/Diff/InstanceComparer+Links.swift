import Spec

extension InstanceComparer {
    /// Mends the link of a NIC that somebody set down or took from its bridge; whether its definition has it down.
    ///
    /// Guests of libvirt's own networks are plugged into their bridges with the network. A port with a VLAN is left alone:
    /// it would come back without it.
    func compareLink(_ work: NICComparison, _ comparison: Comparison, _ update: inout InstanceUpdate) -> Bool {
        let path = "\(work.path).link"
        guard !comparison.ignores(path) else { return false }
        let isCut = work.isDefined && work.defined?.isCut ?? false
        var change: (old: String, new: String)? = isCut ? ("down", "up") : nil
        var isMended = false
        if comparison.running != nil, work.isPlugged, let live = work.live, live.mac == work.definition.mac,
            let node = answered[comparison.owned.node]
        {
            if live.isCut {
                (change, isMended) = (("down", "up"), true)
            } else if case .bridge(let port) = live.attachment, port == BridgePort(port.bridge), let tap = live.tap,
                node.bridgePorts[tap] != port.bridge
            {
                let detached = (old: node.bridgePorts[tap] ?? "detached", new: port.bridge)
                if let conflict = obstacle(to: work.network, on: node) {
                    update.blocked.append(
                        (
                            comparison.drift(path, old: detached.old, new: detached.new, work.effect),
                            "\(conflict.reason); \(conflict.remedy)"
                        ))
                } else {
                    (change, isMended) = (change ?? detached, true)
                }
            }
        }
        if isMended {
            var mended = work.definition
            mended.mendsLink = true
            update.live.append(("link/\(work.definition.name)", .moveNIC(mended)))
        }
        guard let change else { return false }
        update.fields.append(comparison.drift(path, old: change.old, new: change.new, work.effect))
        return isCut
    }
}

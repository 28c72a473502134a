import Spec

extension InstanceComparer {
    /// NICs of an adopted instance, by their MACs, which stay.
    ///
    /// Those that it came with go into other networks and keep their models. It gets more, and loses those that the spec
    /// named once; what is set in the guest is its owner's.
    func compareAdoptedNICs(
        _ comparison: Comparison, _ given: [Name: DomainMark.NIC], _ update: inout InstanceUpdate
    ) {
        let (instance, owned) = (comparison.instance, comparison.owned)
        for nic in instance.nics where !comparison.ignores("nics.\(nic.name)") {
            guard let network = cluster.networks[nic.network] else { continue }
            let path = "nics.\(nic.name)"
            let there = owned.domain.nics.first { $0.name == nic.name }
            let isNew = there == nil && owned.mark.nics[nic.name] == nil
            if isNew || there.map({ nic.mac == nil || nic.mac == $0.mac }) ?? false, let identity = given[nic.name] {
                compare(nic, network, identity, comparison, &update)
                update.guestNICs = []
                continue
            }
            guard let there else {
                update.blocked.append(
                    (
                        comparison.field("\(path).network", old: nil, new: nic.network.text, comparison.bootEffect),
                        "it was detached, and its model is unknown: attach it with virsh "
                            + "attach-interface, or give the NIC another name in the spec"
                    ))
                continue
            }
            if let mac = nic.mac, there.mac != mac {
                update.blocked.append(
                    (
                        comparison.field("\(path).mac", old: there.mac.description, new: mac.description, .live),
                        "an adopted NIC keeps its MAC: give the NIC another name in the spec"
                    ))
            }
        }
        let wanted = Set(instance.nics.map(\.name))
        for name in owned.mark.nics.keys.sorted() where !wanted.contains(name) {
            guard !comparison.ignores("nics.\(name)") else { continue }
            let known = owned.domain.nics + (comparison.running?.nics ?? [])
            if let nic = known.first(where: { $0.name == name }) {
                remove(nic, name, comparison, &update)
            } else {
                update.mark.nics[name] = nil
                update.isRelabelled = true
            }
        }
    }
}

import Spec

extension InstanceComparer {
    /// Refuses more vCPUs than the definition has places for in its topology or its NUMA cells.
    ///
    /// How a machine is to be divided is its owner's decision: the spec has no word for it.
    func checkLayout(_ comparison: Comparison, _ update: inout InstanceUpdate, vcpus wanted: Int) {
        guard let layout = comparison.owned.domain.layout, !layout.canHave(vcpus: wanted) else { return }
        update.refuse(
            comparison, "vcpus",
            "it needs \(wanted) vCPUs, but its definition has \(layout.words), with \(layout.maximumVCPUs) vCPUs in total: "
                + "kvmctl does not change the topology",
            remedy: "request \(layout.maximumVCPUs) or fewer, or change <vcpu> and <cpu> together with "
                + "\(InstanceComparer.virshEdit(comparison)), and apply again")
    }

    /// Refuses another amount of memory than the NUMA cells come to.
    func checkLayout(_ comparison: Comparison, _ update: inout InstanceUpdate, memory wanted: Size) {
        let domain = comparison.owned.domain
        guard let layout = domain.layout, layout.hasCells, domain.memory != wanted else { return }
        update.refuse(
            comparison, "memory",
            "it needs \(wanted) of memory, but its definition divides \(domain.memory) among \(layout.cells) NUMA cells: "
                + "kvmctl does not change the cells",
            remedy: "request \(domain.memory), or change the memory of its cells and its <memory> together with "
                + "\(InstanceComparer.virshEdit(comparison)), and apply again")
    }

    private static func virshEdit(_ comparison: Comparison) -> String {
        "`virsh edit \(comparison.owned.domain.uuid)` on \(comparison.owned.node)"
    }
}

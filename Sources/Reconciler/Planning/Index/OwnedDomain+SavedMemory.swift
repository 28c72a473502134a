import Spec

extension OwnedDomain {
    /// What a person can do with a saved memory.
    var savedMemoryRemedy: String {
        "start it on \(node) (virsh start \(domain.name)), or discard its memory (virsh managedsave-remove \(domain.name)), "
            + "and apply again"
    }
}

import Spec

extension ObservedDomain {
    /// What of its node is promised to it, by definition or by what runs, whichever is more; memory in bytes.
    var demand: (vcpus: Double, memory: Double) {
        (Double(max(vcpus, liveVCPUs ?? 0)), Double(max(memory, liveMemory ?? memory).bytes))
    }
}

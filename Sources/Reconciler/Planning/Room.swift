import Spec

/// What a node has to give, and what of it is promised.
struct Room: Sendable {
    /// Capacity times overcommit.
    let vcpus: Double
    /// Bytes, times overcommit.
    let memory: Double
    var promisedVCPUs: Double = 0
    var promisedMemory: Double = 0
    /// Bytes available in each pool's folder, less what this plan puts there.
    var available: [String: UInt64] = [:]

    func fits(vcpus wantedVCPUs: Double, memory wantedMemory: Double) -> Bool {
        promisedVCPUs + wantedVCPUs <= vcpus && promisedMemory + wantedMemory <= memory
    }

    /// Free shares of CPU and memory after placing, from 0 to 1.
    func shares(vcpus wantedVCPUs: Double, memory wantedMemory: Double) -> (cpu: Double, memory: Double) {
        (
            vcpus > 0 ? (vcpus - promisedVCPUs - wantedVCPUs) / vcpus : 0,
            memory > 0 ? (memory - promisedMemory - wantedMemory) / memory : 0
        )
    }

    mutating func promise(vcpus: Double, memory: Double) {
        promisedVCPUs += vcpus
        promisedMemory += memory
    }
}

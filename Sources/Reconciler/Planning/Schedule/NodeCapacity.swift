import Spec

/// What a node has to give, and what of it is promised.
struct NodeCapacity: Sendable {
    /// Capacity times overcommit.
    let vcpus: Double
    /// Bytes, times overcommit.
    let memory: Double
    var promisedVCPUs: Double = 0
    var promisedMemory: Double = 0

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

    /// What speaks for the node; the larger wins.
    ///
    /// Rounded, so that equal loads reached in another order compare as equal and the name decides.
    func score(vcpus: Double, memory: Double) -> Double {
        let shares = shares(vcpus: vcpus, memory: memory)
        return ((0.7 * shares.cpu + 0.3 * shares.memory) * 1e9).rounded() / 1e9
    }

    /// What is missing, such as `insufficient capacity: 1 of 4 vCPUs free, 2 needed`.
    func shortage(vcpus wantedVCPUs: Double, memory wantedMemory: Double) -> String {
        lack(vcpus: wantedVCPUs, memory: wantedMemory) { ", \($0) needed" }
    }

    /// What is scarce, whatever is needed of it, such as `insufficient capacity: 1 of 4 vCPUs free`.
    func scarcity(vcpus wantedVCPUs: Double, memory wantedMemory: Double) -> String {
        lack(vcpus: wantedVCPUs, memory: wantedMemory) { _ in "" }
    }

    private func lack(vcpus wantedVCPUs: Double, memory wantedMemory: Double, need: (String) -> String) -> String {
        var lacks: [String] = []
        if promisedVCPUs + wantedVCPUs > vcpus {
            let free = max(0, Int(vcpus - promisedVCPUs))
            lacks.append("\(free) of \(Int(vcpus)) vCPUs free\(need("\(Int(wantedVCPUs))"))")
        }
        if promisedMemory + wantedMemory > memory {
            let free = UInt64(max(0, memory - promisedMemory)) >> 20
            let needed = need("\(UInt64(wantedMemory) >> 20)MiB")
            lacks.append("\(free)MiB of \(UInt64(memory) >> 20)MiB memory free\(needed)")
        }
        return "insufficient capacity: " + lacks.joined(separator: " and ")
    }

    /// Two nodes' capacity as one.
    func joined(_ other: NodeCapacity) -> NodeCapacity {
        NodeCapacity(
            vcpus: vcpus + other.vcpus, memory: memory + other.memory,
            promisedVCPUs: promisedVCPUs + other.promisedVCPUs, promisedMemory: promisedMemory + other.promisedMemory)
    }

    mutating func promise(vcpus: Double, memory: Double) {
        promisedVCPUs += vcpus
        promisedMemory += memory
    }
}

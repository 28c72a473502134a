import FoundationEssentials

/// How the nodes of a lab run their guests.
enum Acceleration: String, Sendable {
    case kvm
    case emulation

    /// KVM where the processor offers it; /dev/kvm being there is not enough.
    static var ofThisMachine: Acceleration {
        guard FileManager.default.fileExists(atPath: "/dev/kvm") else { return .emulation }
        return Acceleration(processorInformation: readText("/proc/cpuinfo") ?? "")
    }

    /// Reads the text of `/proc/cpuinfo`.
    init(processorInformation: String) {
        let flags = processorInformation.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
        let words = flags.split(separator: " ")
        self = words.contains("vmx") || words.contains("svm") ? .kvm : .emulation
    }
}

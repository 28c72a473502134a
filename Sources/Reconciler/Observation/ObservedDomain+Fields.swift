package import Spec

extension ObservedDomain {
    /// What a field is now, as far as the machine itself tells; nil where only the mark remembers it.
    package func value(of field: InstanceField) -> String? {
        switch field.observation {
        case .vcpus: "\(running?.vcpus ?? liveVCPUs ?? vcpus)"
        case .memory: (running?.memory ?? liveMemory ?? memory).description
        case .autostart: "\(autostart)"
        case .definition: machine[field.path]
        case .protection: mark.map { "\($0.protect)" }
        case .baseImage: mark?.baseImage
        case nil: nil
        }
    }
}

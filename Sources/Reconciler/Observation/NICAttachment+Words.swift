extension NICAttachment {
    /// What a NIC is plugged into, for people.
    package var text: String {
        switch self {
        case .network(let name): "network \(name)"
        case .bridge(let name): "bridge \(name)"
        case .other(let text): text
        }
    }
}

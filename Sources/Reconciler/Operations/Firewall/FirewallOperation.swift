package import Spec

/// What is done to the filter of a guest on a node, whether the guest is there yet or not.
package enum FirewallOperation: Sendable, Equatable {
    /// Holds the guest to it, now and whenever it starts or arrives there.
    case set(GuestFilter)
    case clear(uuid: UniqueID, instance: Name)
}

extension FirewallOperation: StepOperation {
    package var words: OperationWords {
        switch self {
        case .set(let filter):
            OperationWords(
                "setFirewall", "set the firewall of \(filter.instance)",
                purpose: "setting the firewall of \(filter.instance)")
        case .clear(_, let instance):
            OperationWords(
                "clearFirewall", "remove the firewall of \(instance)",
                purpose: "removing the firewall of \(instance)")
        }
    }

    /// The guest that is filtered, whose domain stays as it is.
    package var guest: UniqueID {
        switch self {
        case .set(let filter): filter.uuid
        case .clear(let uuid, _): uuid
        }
    }

    package var domain: UniqueID? { nil }
    package var network: UniqueID? { nil }
    package var secrets: [Secret] { [] }
    package var madeFile: String? { nil }

    package func deletes(_ path: String) -> Bool { false }
}

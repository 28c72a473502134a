import Reconciler
import Spec
import TestNames
import Testing

/// Values that several tests build on.
enum Samples {
    static let cluster = ClusterIdentity(name: name("demo"))
    static let names = ObjectNames(cluster)

    static func address(_ text: String) -> IPv4Address {
        guard let address = IPv4Address(text) else { preconditionFailure("\(text) is no address") }
        return address
    }

    static func mac(_ text: String) -> MACAddress {
        guard let mac = MACAddress(text) else { preconditionFailure("\(text) is no MAC") }
        return mac
    }

    /// A pool that kvmctl defines on kvm1.
    static func pool(_ name: String, _ path: String) -> PoolDefinition {
        PoolDefinition(name: name, path: path, uuid: names.poolUUID(path, on: TestNames.name("kvm1")))
    }

    static func cidr(_ text: String) -> CIDR {
        let parts = text.split(separator: "/")
        guard let prefix = Int(parts[1]), let cidr = CIDR(network: address(String(parts[0])), prefix: prefix) else {
            preconditionFailure("\(text) is no CIDR")
        }
        return cidr
    }

    static func uuid(_ text: String) -> UniqueID {
        guard let uuid = UniqueID(text) else { preconditionFailure("\(text) is no UUID") }
        return uuid
    }
}

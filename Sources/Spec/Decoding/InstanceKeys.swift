import YAML

/// The keys of an instance that decoding replaces by what they stand for.
enum InstanceKeys {
    static let flavor = Key(
        "flavor", Kind<Name>.name, "The flavor that sets `vcpus`, `memory` and `disk`, unless they are set here.",
        unset: "none", example: "small")
    /// The short form of `nics`, which merging has replaced before anything is read.
    static let networks = Key(
        "networks", Kind<[Name]>.networks,
        "The networks of the NICs eth0, eth1 and so on; short for `nics`. A list, or a map with settings for each NIC.",
        unset: "none", example: "{front: {address: 192.168.222.20}, lan: {}}")
    static let profiles = Key(
        "profiles", Kind<[Name]>.list(of: .name, "profiles"),
        "Partial instances, applied left to right, then the instance itself.", unset: "none", example: "[base]")
    static let count = Key(
        "count", Kind<Int>.integer(0...10_000, "a count"),
        "The number of instances, named NAME-1 and so on. Without it there is one, named NAME.", unset: "one",
        example: "2")
    static let members = Key(
        "members",
        Kind<YAML.Node>(expected: "a map of members", schema: .map(.object(.member)), write: { $0 }) { node, _, _ in
            node
        },
        "Settings of single members, by their numbers.", unset: "nothing", example: "{2: {node: kvm2}}")
}

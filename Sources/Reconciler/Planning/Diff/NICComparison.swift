import Spec

/// One NIC as the spec, its definition and its running machine have it.
struct NICComparison {
    /// The NIC's fields, such as `nics.eth0`.
    let path: String
    let network: Network
    let identity: DomainMark.NIC
    /// What it is to be.
    let definition: DomainDefinition.NIC
    let defined: ObservedDomain.NIC?
    let live: ObservedDomain.NIC?
    let effect: FieldChange.Effect
    /// Whether the definition has it as it is to be, the size of its packets aside.
    let isDefined: Bool
    let isPlugged: Bool
    /// Whether the definition has another size of packets, which the guest sees when it boots next.
    let isResized: Bool
    /// Whether the definition leaves to the node what it cannot do; the guest's card is another one when it boots next.
    let lacksPlainFrames: Bool

    init(
        _ nic: NIC, _ network: Network, _ identity: DomainMark.NIC, _ comparison: Comparison,
        _ definition: DomainDefinition.NIC
    ) {
        path = "nics.\(nic.name)"
        self.network = network
        self.identity = identity
        self.definition = definition
        let defined = comparison.owned.domain.nics.first { $0.name == nic.name }
        let live = comparison.running?.nics.first { $0.name == nic.name }
        self.defined = defined
        self.live = live
        effect = comparison.running == nil ? .nextBoot : .live
        isDefined = defined.map { $0.mac == definition.mac && $0.attachment == definition.attachment } ?? false
        isResized = isDefined && defined.map { ($0.mtu ?? 1500) != (definition.mtu ?? 1500) } ?? false
        lacksPlainFrames = isDefined && definition.sendsPlainFrames && defined?.sendsPlainFrames == false
        isPlugged = comparison.running == nil ? isDefined : live?.attachment == definition.attachment
    }
}

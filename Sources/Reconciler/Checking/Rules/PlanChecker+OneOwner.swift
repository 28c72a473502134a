import Spec

extension PlanChecker {
    /// A MAC or address that a step gives belongs to nobody else on any node, unreachable ones included.
    static func checkOneOwnerOfEachAddress(_ evidence: Evidence) -> [Violation] {
        let owners = Owners(evidence)
        var found: [Violation] = []
        for (index, step) in evidence.steps(where: \.isDefinition) {
            guard case .domain(.define(let definition)) = step.operation else { continue }
            var macs = definition.nics.map(\.mac)
            macs += definition.mark.nics.values.map(\.mac).filter { !macs.contains($0) }.sorted()
            for mac in macs {
                for owner in owners.macs[mac] ?? [] where !owner.gives(wayTo: index, definition.uuid, evidence) {
                    found.append(Violation(.oneOwner, step.id, "\(owner.text) uses the MAC \(mac)"))
                }
            }
            for (name, nic) in definition.mark.nics.sorted(by: { $0.key < $1.key }) {
                guard let address = nic.address else { continue }
                for owner in owners.holders(of: address, in: definition.nics.first { $0.name == name }?.attachment)
                where !owner.gives(wayTo: index, definition.uuid, evidence) {
                    found.append(Violation(.oneOwner, step.id, "\(owner.text) uses the address \(address)"))
                }
            }
            if Set(definition.nics.map(\.mac)).count < definition.nics.count {
                found.append(Violation(.oneOwner, step.id, "two of its NICs have the same MAC"))
            }
            let addresses = definition.mark.nics.compactMap { name, nic in
                nic.address.map { address in
                    Place(address: address, network: definition.nics.first { $0.name == name }?.attachment)
                }
            }
            if Set(addresses).count < addresses.count {
                found.append(Violation(.oneOwner, step.id, "two of its NICs have the same address"))
            }
        }
        return found
    }

    /// An address where it is used.
    private struct Place: Hashable {
        var address: IPv4Address
        var network: NICAttachment?
    }

    /// Who has a MAC or an address.
    private struct Owner {
        var text: String
        var uuid: UniqueID
        /// Where it is now; nil for what this plan defines and for what only the roster knows.
        var node: Name?
        /// The step of this plan that defines it.
        var definedBy: Int?

        /// Whether the owner is the domain itself, or is gone before the step runs.
        func gives(wayTo index: Int, _ itself: UniqueID, _ evidence: Evidence) -> Bool {
            if let definedBy { return definedBy == index }
            if uuid == itself { return true }
            return evidence.requires(index) { other in
                let gone = evidence.plan.steps[other]
                return gone.node == node && gone.operation.isUndefinition && gone.operation.domain == uuid
            }
        }
    }

    private struct Owners {
        var macs: [MACAddress: [Owner]] = [:]
        private var addresses: [IPv4Address: [(owner: Owner, network: NICAttachment?)]] = [:]

        /// Those who have an address in a network, and those of whom nobody knows in which.
        func holders(of address: IPv4Address, in network: NICAttachment?) -> [Owner] {
            (addresses[address] ?? []).filter { $0.network == nil || network == nil || $0.network == network }
                .map(\.owner)
        }

        init(_ evidence: Evidence) {
            for (name, node) in evidence.nodes.inOrder() {
                for domain in node.domains { add(domain, on: name, evidence) }
            }
            for (instance, entry) in evidence.roster?.instances.inOrder() ?? [] {
                // Either end of a migration may have it, unless it was seen at home.
                let ends = [entry.node, entry.alsoOn].compactMap(\.self)
                guard let unreachable = ends.first(where: evidence.isUnreachable), evidence.seen[instance] == nil else {
                    continue
                }
                let owner = Owner(text: "instance \(instance) on unreachable \(unreachable)", uuid: entry.uuid)
                for mac in entry.macs { macs[mac, default: []].append(owner) }
                for address in entry.addresses { addresses[address, default: []].append((owner, nil)) }
            }
            for (index, step) in evidence.steps(where: \.isDefinition) {
                guard case .domain(.define(let definition)) = step.operation else { continue }
                let owner = Owner(text: "\(step.id)", uuid: definition.uuid, definedBy: index)
                for mac in Set(definition.nics.map(\.mac)) { macs[mac, default: []].append(owner) }
                add(
                    definition.mark, Dictionary(definition.nics.map { ($0.name, $0.attachment) }) { first, _ in first },
                    of: owner)
            }
        }

        private mutating func add(_ domain: ObservedDomain, on node: Name, _ evidence: Evidence) {
            let owner = Owner(text: "domain \(domain.name) on \(node)", uuid: domain.uuid, node: node)
            for nic in domain.nics { macs[nic.mac, default: []].append(owner) }
            // Addresses of other clusters may be of networks that only look the same.
            guard Evidence.owns(evidence.identity, domain) else { return }
            let attachments = domain.nics.compactMap { nic in nic.name.map { ($0, nic.attachment) } }
            if let mark = domain.mark { add(mark, Dictionary(attachments) { first, _ in first }, of: owner) }
        }

        private mutating func add(_ mark: DomainMark, _ attachments: [Name: NICAttachment], of owner: Owner) {
            for (name, nic) in mark.nics.sorted(by: { $0.key < $1.key }) {
                guard let address = nic.address else { continue }
                addresses[address, default: []].append((owner, attachments[name]))
            }
        }
    }
}

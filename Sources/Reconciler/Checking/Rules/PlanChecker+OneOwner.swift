import Spec

extension PlanChecker {
    /// A MAC or address that a step gives belongs to nobody else on any node, silent ones included.
    static func checkOneOwnerOfEachAddress(_ evidence: Evidence) -> [Violation] {
        let owners = Owners(evidence)
        var found: [Violation] = []
        for (index, step) in evidence.plan.steps.enumerated() {
            guard case .defineDomain(let definition) = step.operation else { continue }
            var macs = definition.nics.map(\.mac)
            macs += definition.mark.nics.values.map(\.mac).filter { !macs.contains($0) }.sorted()
            for mac in macs {
                for owner in owners.macs[mac] ?? [] where !owner.gives(wayTo: index, definition.uuid, evidence) {
                    found.append(Violation(.oneOwner, step.id, "\(owner.text) has the MAC \(mac)"))
                }
            }
            for address in definition.mark.nics.values.compactMap(\.address).sorted() {
                for owner in owners.addresses[address] ?? []
                where !owner.gives(wayTo: index, definition.uuid, evidence) {
                    found.append(Violation(.oneOwner, step.id, "\(owner.text) has the address \(address)"))
                }
            }
            if Set(definition.nics.map(\.mac)).count < definition.nics.count {
                found.append(Violation(.oneOwner, step.id, "two of its NICs have one MAC"))
            }
            let addresses = definition.mark.nics.values.compactMap(\.address)
            if Set(addresses).count < addresses.count {
                found.append(Violation(.oneOwner, step.id, "two of its NICs have one address"))
            }
        }
        return found
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
        var addresses: [IPv4Address: [Owner]] = [:]

        init(_ evidence: Evidence) {
            for (name, node) in evidence.nodes.sorted(by: { $0.key < $1.key }) {
                for domain in node.domains { add(domain, on: name, evidence) }
            }
            for (instance, entry) in evidence.roster?.instances.sorted(by: { $0.key < $1.key }) ?? []
            where evidence.isSilent(entry.node) {
                let owner = Owner(text: "instance \(instance) on silent \(entry.node)", uuid: entry.uuid)
                for mac in entry.macs { macs[mac, default: []].append(owner) }
                for address in entry.addresses { addresses[address, default: []].append(owner) }
            }
            for (index, step) in evidence.plan.steps.enumerated() {
                guard case .defineDomain(let definition) = step.operation else { continue }
                let owner = Owner(text: "\(step.id)", uuid: definition.uuid, definedBy: index)
                for mac in Set(definition.nics.map(\.mac)) { macs[mac, default: []].append(owner) }
                for address in Set(definition.mark.nics.values.compactMap(\.address)) {
                    addresses[address, default: []].append(owner)
                }
            }
        }

        private mutating func add(_ domain: ObservedDomain, on node: Name, _ evidence: Evidence) {
            let owner = Owner(text: "domain \(domain.name) on \(node)", uuid: domain.uuid, node: node)
            for nic in domain.nics { macs[nic.mac, default: []].append(owner) }
            // Addresses of other clusters may be of networks that only look the same.
            guard Evidence.owns(evidence.identity, domain) else { return }
            for address in domain.mark?.nics.values.compactMap(\.address) ?? [] {
                addresses[address, default: []].append(owner)
            }
        }
    }
}

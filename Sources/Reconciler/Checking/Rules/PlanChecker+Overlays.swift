import Spec

extension PlanChecker {
    /// No guest begins to run on a node that is new among those that carry its network before every other one knows that node.
    ///
    /// Frames for the guest would be lost, and so would those to a guest that other nodes remember elsewhere.
    static func checkOverlays(_ evidence: Evidence) -> [Violation] {
        var joining: [UniqueID: [Name: NetworkDefinition]] = [:]
        for (_, step) in evidence.steps(where: { if case .network = $0 { true } else { false } }) {
            guard case .network(.define(let definition)) = step.operation, definition.mark.overlay != nil else {
                continue
            }
            joining[definition.mark.uuid, default: [:]][step.node] = definition
        }
        guard !joining.isEmpty else { return [] }
        let names = Dictionary(
            joining.values.flatMap(\.values).map { ($0.name, $0.mark.uuid) }
        ) { first, _ in first }
        return evidence.steps { begins($0) != nil }.flatMap { index, step -> [Violation] in
            guard let begins = begins(step.operation) else { return [] }
            let node = begins.node ?? step.node
            return attachments(of: begins.uuid, on: node, evidence).flatMap { attachment -> [Violation] in
                guard case .network(let name) = attachment, let uuid = names[name],
                    let definition = joining[uuid]?[node], let address = definition.mark.overlay?.address
                else { return [] }
                return ignorant(of: node, at: address, uuid, joining, before: index, evidence).map { other in
                    Violation(.network, step.id, "it would run before \(other) knows its node")
                }
            }
        }
    }

    /// The other nodes with a network that do not know a node of it, and are not told before a step.
    private static func ignorant(
        of node: Name, at address: IPv4Address, _ network: UniqueID, _ joining: [UniqueID: [Name: NetworkDefinition]],
        before index: Int, _ evidence: Evidence
    ) -> [Name] {
        evidence.nodes.keys.sorted().filter { other in
            guard other != node, evidence.cluster.nodes[other]?.state != .lost else { return false }
            let place = Evidence.Place(node: other, uuid: network)
            let known = evidence.ownedNetwork(place)?.mark?.overlay
            guard known != nil || joining[network]?[other] != nil else { return false }
            if known?.peers[node] == address { return false }
            return !evidence.graph.requires(index) { candidate in
                let step = evidence.plan.steps[candidate]
                guard step.node == other else { return false }
                return switch step.operation {
                case .network(.define(let told)): told.mark.uuid == network && told.mark.overlay?.peers[node] == address
                case .network(.carry(let uuid, _, let told)): uuid == network && told.peers[node] == address
                default: false
                }
            }
        }
    }

    /// The domain that an operation has run on a node, which is the step's own where it is nil.
    private static func begins(_ operation: Operation) -> (uuid: UniqueID, node: Name?)? {
        switch operation {
        case .domain(.start(let uuid, _)): (uuid, nil)
        case .domain(.install(let installation)): (installation.domain.uuid, nil)
        case .move(let step) where step.stage == .migrate: (step.move.uuid, step.move.to)
        default: nil
        }
    }

    /// What a domain is plugged into on a node where it is or will be.
    private static func attachments(of uuid: UniqueID, on node: Name, _ evidence: Evidence) -> [NICAttachment] {
        let place = Evidence.Place(node: node, uuid: uuid)
        if let definition = evidence.definitions[place] { return definition.nics.map(\.attachment) }
        return evidence.domains.first { $0.key.uuid == uuid }?.value.nics.map(\.attachment) ?? []
    }
}

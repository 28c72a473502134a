import Spec

extension PlanChecker {
    /// No guest begins to run on a node that is new among those that carry its network before every other one knows that node.
    ///
    /// Frames for the guest would be lost, and so would those to a guest that other nodes remember elsewhere.
    static func checkOverlays(_ evidence: Evidence) -> [Violation] {
        var joining: [UniqueID: [Name: Int]] = [:]
        var told: [UniqueID: [Int]] = [:]
        for (index, step) in evidence.steps(where: { if case .network = $0 { true } else { false } }) {
            switch step.operation {
            case .network(.define(let definition)) where definition.mark.overlay != nil:
                joining[definition.mark.uuid, default: [:]][step.node] = index
                told[definition.mark.uuid, default: []].append(index)
            case .network(.carry(let definition)):
                told[definition.mark.uuid, default: []].append(index)
            default: break
            }
        }
        guard !joining.isEmpty else { return [] }
        return evidence.steps { begins($0) != nil }.flatMap { index, step -> [Violation] in
            guard let begins = begins(step.operation) else { return [] }
            let node = begins.node ?? step.node
            let networks = nics(of: begins.uuid, on: node, evidence)
            return joining.filter { $0.value[node] != nil && networks.contains($0.key) }.flatMap { uuid, _ in
                (told[uuid] ?? []).filter { other in !evidence.graph.requires(index) { $0 == other } }.map { other in
                    Violation(
                        .network, step.id, "it would run before \(evidence.plan.steps[other].node) knows its node")
                }
            }
        }
    }

    /// The domain that an operation has run on a node, which is the step's own where it is nil.
    private static func begins(_ operation: Operation) -> (uuid: UniqueID, node: Name?)? {
        switch operation {
        case .domain(.start(let uuid, _)): (uuid, nil)
        case .move(let step) where step.stage == .migrate: (step.move.uuid, step.move.to)
        default: nil
        }
    }

    /// The networks of this cluster that a domain has NICs in, on a node where it is or will be.
    private static func nics(of uuid: UniqueID, on node: Name, _ evidence: Evidence) -> Set<UniqueID> {
        let names = Dictionary(
            evidence.cluster.networks.keys.map { network in
                (ObjectNames(evidence.identity).network(network), ObjectNames(evidence.identity).networkUUID(network))
            }
        ) { first, _ in first }
        let place = Evidence.Place(node: node, uuid: uuid)
        let attachments =
            evidence.definitions[place].map { $0.nics.map(\.attachment) }
            ?? evidence.domains.first { $0.key.uuid == uuid }.map { $0.value.nics.map(\.attachment) } ?? []
        return Set(attachments.compactMap { if case .network(let name) = $0 { names[name] } else { nil } })
    }
}

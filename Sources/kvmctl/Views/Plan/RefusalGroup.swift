import Reconciler
import Spec
import YAML

/// Refusals that differ in nothing but their object and what that asks for: one entry for people.
struct RefusalGroup {
    /// As the first of them has it.
    let refusal: Plan.Refusal
    /// Why all of them are refused.
    private(set) var reason: String
    private(set) var names: [String]
    /// Where the spec asks for it: those of the first few.
    private(set) var positions: [Position]

    private init(_ refusal: Plan.Refusal) {
        self.refusal = refusal
        reason = refusal.reason
        names = [refusal.object.name]
        positions = [refusal.position].compactMap(\.self)
    }

    /// In the order of the first of each group.
    static func groups(of refusals: [Plan.Refusal]) -> [RefusalGroup] {
        var groups: [RefusalGroup] = []
        var places: [Key: Int] = [:]
        for refusal in refusals {
            let key = Key(refusal)
            if let place = places[key] {
                groups[place].add(refusal)
            } else {
                places[key] = groups.count
                groups.append(RefusalGroup(refusal))
            }
        }
        return groups
    }

    /// `instance/db on kvm1`, or `m-9 … m-20 on kvm1 (12 instances)`.
    var title: String {
        guard names.count > 1 else { return refusal.object.description }
        let node = refusal.object.node.map { " on \($0)" } ?? ""
        return "\(NameRuns(names).text)\(node) (\(names.count) \(refusal.object.kind.rawValue)s)"
    }

    private mutating func add(_ refusal: Plan.Refusal) {
        names.append(refusal.object.name)
        // Of different reasons is told what they share.
        if refusal.reason != reason { reason = refusal.cause ?? reason }
        guard positions.count < Self.shownPositions, let position = refusal.position else { return }
        if !positions.contains(position) { positions.append(position) }
    }

    private static let shownPositions = 8

    /// What refusals of one group have in common.
    private struct Key: Hashable {
        let kind: ObjectReference.Kind
        let node: Name?
        let cause: String
        let remedy: String
        let stopsEverything: Bool

        init(_ refusal: Plan.Refusal) {
            kind = refusal.object.kind
            node = refusal.object.node
            cause = refusal.cause ?? refusal.reason
            remedy = refusal.remedy
            stopsEverything = refusal.stopsEverything
        }
    }
}

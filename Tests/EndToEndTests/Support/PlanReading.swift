import Foundation

/// A plan in JSON, as far as the tests read it.
struct PlanReading: Decodable, CustomStringConvertible {
    struct Object: Decodable, Hashable {
        let kind: String
        let name: String
        let node: String?
    }

    struct Field: Decodable {
        let path: String
        let old: String?
        let new: String?
        let effect: String
        let origin: String
    }

    struct Change: Decodable {
        let action: String
        let object: Object
        let reason: String
        let origin: String?
        let fields: [Field]
        let details: [String]
        let blocked: String?
    }

    struct Refusal: Decodable {
        let object: Object
        let reason: String
        let remedy: String
    }

    struct UnreachableEntry: Decodable {
        let node: String
        let cause: String
        let summary: String
        let remedy: String
        let mayHold: [String]
    }

    struct Step: Decodable {
        let id: String
        let node: String
        let operation: String
    }

    let changes: [Change]
    let refusals: [Refusal]
    let unreachableNodes: [UnreachableEntry]
    let notices: [String]
    let steps: [Step]
    private(set) var text = ""

    var description: String { text }

    private enum CodingKeys: String, CodingKey {
        case changes, refusals, unreachableNodes, notices, steps
    }

    init(_ json: String) throws {
        self = try JSONDecoder().decode(PlanReading.self, from: Data(json.utf8))
        text = json
    }

    /// The objects of one kind that an action is planned for and can be carried out, such as `web-1 on kvm1`, sorted.
    func names(_ action: String, _ kind: String = "instance") -> [String] {
        changes.filter { $0.action == action && $0.object.kind == kind && $0.blocked == nil }
            .map { change in change.object.node.map { "\(change.object.name) on \($0)" } ?? change.object.name }
            .sorted()
    }
}

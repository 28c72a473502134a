import Spec

/// The nodes that members of a group have, each with one of them: of several, the first by number.
struct OccupiedNodes {
    private(set) var members: [Name: Name] = [:]

    init() {}

    /// From where each member is.
    init(_ homes: [Name: Name]) { for (member, node) in homes { insert(member, on: node) } }

    mutating func insert(_ member: Name, on node: Name) {
        guard let other = members[node], (other.text.count, other) <= (member.text.count, member) else {
            members[node] = member
            return
        }
    }

    /// The member on a node; nil where there is none.
    subscript(node: Name) -> Name? { members[node] }
}

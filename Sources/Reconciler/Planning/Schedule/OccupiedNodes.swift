import Spec

/// The nodes that members of a group have, each with how many and the first of them by number.
struct OccupiedNodes {
    private struct Company {
        var first: Name
        var count: Int
    }

    private var nodes: [Name: Company] = [:]

    init() {}

    /// From where each member is.
    init(_ homes: [Name: Name]) { for (member, node) in homes { insert(member, on: node) } }

    /// Adds a member, or so many who are called by one name.
    mutating func insert(_ member: Name, on node: Name, count: Int = 1) {
        guard let others = nodes[node] else {
            nodes[node] = Company(first: member, count: count)
            return
        }
        let isFirst = (member.text.count, member) < (others.first.text.count, others.first)
        nodes[node] = Company(first: isFirst ? member : others.first, count: others.count + count)
    }

    /// The first member on a node; nil where there is none.
    subscript(node: Name) -> Name? { nodes[node]?.first }

    /// How many members a node has.
    func count(on node: Name) -> Int { nodes[node]?.count ?? 0 }

    /// The first member on any of the nodes that a test accepts.
    func first(where accepts: (Name) -> Bool) -> Name? {
        nodes.filter { accepts($0.key) }.map(\.value.first).min { ($0.text.count, $0) < ($1.text.count, $1) }
    }
}

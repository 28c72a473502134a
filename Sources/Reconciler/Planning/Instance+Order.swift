import Spec

extension Instance {
    /// Groups together, members by number, then by name: the order of placing and of showing.
    static func inOrder(_ left: Instance, _ right: Instance) -> Bool {
        (left.group ?? left.name, left.member ?? 0, left.name) < (
            right.group ?? right.name, right.member ?? 0, right.name
        )
    }

    /// Many of them in that order: what it goes by is sorted, so that each is copied once.
    static func ordered(_ instances: [Instance]) -> [Instance] {
        let keys = instances.map { (group: $0.group ?? $0.name, member: $0.member ?? 0, name: $0.name) }
        let places = instances.indices.sorted { left, right in keys[left] < keys[right] }
        return places.map { instances[$0] }
    }
}

import Spec

extension Instance {
    /// Groups together, members by number, then by name: the order of placing and of showing.
    static func inOrder(_ left: Instance, _ right: Instance) -> Bool {
        (left.group ?? left.name, left.member ?? 0, left.name) < (
            right.group ?? right.name, right.member ?? 0, right.name
        )
    }

    /// Many of them in that order: places are sorted, so that each is copied once.
    static func ordered(_ instances: [Instance]) -> [Instance] {
        instances.indices.sorted { inOrder(instances[$0], instances[$1]) }.map { instances[$0] }
    }
}

import Spec

extension Instance {
    /// Groups together, members by number, then by name: the order of placing and of showing.
    static func inOrder(_ left: Instance, _ right: Instance) -> Bool {
        (left.group ?? left.name, left.member ?? 0, left.name) < (
            right.group ?? right.name, right.member ?? 0, right.name
        )
    }
}

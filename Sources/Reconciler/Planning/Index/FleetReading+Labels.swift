import Spec

extension FleetReading {
    /// The first label that a node does not have as the instance wants it.
    func missingLabel(_ node: Node, for instance: Instance) -> String? {
        for (label, value) in instance.placement.where.sorted(by: { $0.key < $1.key }) where node.labels[label] != value
        {
            return "the label \(label) of \(node.name) is \(node.labels[label] ?? "not set"), but must be \(value)"
        }
        return nil
    }
}

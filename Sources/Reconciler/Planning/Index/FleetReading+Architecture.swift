import Spec

extension FleetReading {
    /// Why a node cannot run an instance's system on its processors; nil where it can, or nothing is known of them.
    ///
    /// Emulated processors are slow, so that nobody comes to them but by the word of the spec.
    func architectureObstacle(_ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        if let problem = Architecture.problem(observed.architecture) {
            return Obstacle(problem, remedy: "use a node with \(Architecture.supported) processors")
        }
        guard let wanted = instance.architecture, !observed.architecture.isEmpty,
            observed.architecture != wanted.rawValue
        else { return nil }
        let reason =
            "its processors are \(observed.architecture), and the image \(instance.image) is for \(wanted.rawValue)"
        guard observed.emulated.contains(wanted.rawValue) else {
            return Obstacle(
                reason, remedy: "use a node with such processors, or say the image's `architecture` if that is another")
        }
        if instance.node == observed.name { return nil }
        return Obstacle(
            reason,
            remedy:
                "use a node with such processors, or pin the instance to have them emulated: `node: \(observed.name)`")
    }
}

extension Architecture {
    /// In words, as `uname -m` says them.
    package static var supported: String { allCases.map(\.rawValue).joined(separator: " or ") }

    /// Why a node with these processors can take no guest; nil where it can, or nothing is known of them.
    ///
    /// - Parameter name: as `uname -m` says it.
    package static func problem(_ name: String) -> String? {
        guard !name.isEmpty, Architecture(rawValue: name) == nil else { return nil }
        return "its architecture is \(name), but kvmctl supports guests of \(supported) only"
    }
}

import Spec

extension FleetReading {
    var isDestroy: Bool {
        if case .destroy = index.request.intent { true } else { false }
    }

    var deletesData: Bool {
        switch index.request.intent {
        case .apply(let deleteData), .destroy(let deleteData): deleteData
        }
    }

    /// Whether a data disk that its instance lets go of goes as well.
    func deletes(_ disk: String, of instance: Name) -> Bool {
        deletesData || options.deletedDisks.contains("\(instance).\(disk)")
    }

    /// Whether this run may change what carries this part.
    func manages(_ part: Name) -> Bool { cluster.parts.contains(part) }

    /// The pool as the node has it.
    func pool(_ name: Name, on node: Name) -> Pool? { cluster.pool(name, on: node) }

    /// The order in which instances take turns.
    var order: InstanceOrder { index.request.order }

    /// What was asked outside guests for their roles.
    var answers: RoleAnswers { index.request.fleet.answers }

    /// What was found on migration paths, as far as anybody looked.
    var routes: [MigrationPath: ObservedRoute] { index.request.fleet.routes }

    /// The roster that this machine wrote last, where it is of this cluster.
    var ownRoster: Roster? { index.request.fleet.remembered.flatMap { $0.cluster == identity ? $0 : nil } }

    /// Every answer, also of nodes that were set apart since.
    var everyAnswer: some Sequence<ObservedNode> {
        index.request.fleet.nodes.values.lazy.compactMap { if case .answered(let node) = $0 { node } else { nil } }
    }

    /// Why a node did not answer; nil for one that answered or was not asked.
    func cause(of node: Name) -> Unreachable? {
        if case .unknown(let cause) = index.request.fleet.nodes[node] { cause } else { nil }
    }
}

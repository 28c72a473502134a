import YAML

/// The keys of a placement.
enum PlacementKeys {
    static let spread = Key(
        "spread", Kind<Placement.Scope>.scope,
        "`node`, or a label: members of the group never share the node, or the label's value.", unset: "none",
        example: "node")
    static let together = Key(
        "together", Kind<Placement.Scope>.scope,
        "`node`, or a label: all members of the group share the node, or the label's value.", unset: "none",
        example: "node")
    static let perNode = Key(
        "perNode", Kind<Int>.integer(1...1000, "a number of members"),
        "The largest number of the group's members on one node.", unset: "any number", example: "2")
    static let `where` = Key(
        "where", Kind<[String: String]>.labels, "Labels that the node must have.", unset: "none", example: "{rack: a}")
    static let table = Table("a placement", [spread, together, perNode, `where`])
}

extension Kind where Value == Placement.Scope {
    /// `node`, or the name of a label.
    static var scope: Kind {
        Kind<String>.text.map({ $0 == "node" ? .node : .label($0) }) { scope in
            switch scope {
            case .node: "node"
            case .label(let label): label
            }
        }
    }
}

extension Kind where Value == Placement {
    /// Where an instance may run.
    static var placement: Kind {
        .object(
            PlacementKeys.table,
            { placement in
                [
                    PlacementKeys.spread.written(placement.spread), PlacementKeys.together.written(placement.together),
                    PlacementKeys.perNode.written(placement.perNode),
                    PlacementKeys.where.writtenUnlessEmpty(placement.where),
                ]
            }
        ) { reader in
            Placement(
                spread: reader.optional(PlacementKeys.spread), together: reader.optional(PlacementKeys.together),
                perNode: reader.optional(PlacementKeys.perNode), where: reader.optional(PlacementKeys.where) ?? [:])
        }
    }
}

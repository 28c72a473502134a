import YAML

/// The keys of a placement.
enum PlacementKeys {
    static let spread = Key(
        "spread", Kind<Placement.Spread>.spread,
        "`node`, or a label: members of the group never share the node, or the label's value.", unset: "none",
        example: "node")
    static let `where` = Key(
        "where", Kind<[String: String]>.labels, "Labels that the node must have.", unset: "none", example: "{rack: a}")
    static let table = Table("a placement", [spread, `where`])
}

extension Kind where Value == Placement.Spread {
    /// `node`, or the name of a label.
    static var spread: Kind {
        Kind<String>.text.map { $0 == "node" ? .node : .label($0) }
    }
}

extension Kind where Value == Placement {
    /// Where an instance may run.
    static var placement: Kind {
        .object(PlacementKeys.table) { reader in
            Placement(spread: reader.optional(PlacementKeys.spread), where: reader.optional(PlacementKeys.where) ?? [:])
        }
    }
}

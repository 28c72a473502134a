import YAML

/// A named thing as it stands in a file, before it is read.
struct Definition {
    let name: Name
    /// Where its name stands.
    let mark: Position
    let node: YAML.Node
    /// The part that its file belongs to.
    let part: Name
    /// False for what was only read through `uses:`.
    let isManaged: Bool

    var position: Position { mark }

    /// A reader of its keys; nil where it is no map.
    func reader(_ table: Table, _ context: DecodingContext) -> MapReader? {
        MapReader(node, table: table, path: "", subject: name.text, context: context)
    }
}

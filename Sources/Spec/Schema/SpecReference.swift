/// The reference of the spec language in Markdown: every map that may stand in a file, with its keys.
///
/// Made of the same tables that the decoder reads by, so it has each key that the decoder knows, and no other.
package func specReference(_ roles: RoleLanguages) -> String {
    var maps: [DescribedMap] = []
    DescribedMap(table: FileKeys.table, place: "", roles: roles).collect(into: &maps)
    let chapters = maps.map { $0.chapter(among: maps) }
    return ([introduction] + chapters).joined(separator: "\n")
}

private let introduction = """
    # The spec language, kvmctl/v1

    Every map of a spec file, with its keys. `kvmctl schema --format markdown` prints this text, and
    `kvmctl schema` the same as a JSON Schema for editors ([kvmctl-v1.schema.json](kvmctl-v1.schema.json)).

    - A spec is one or more files that are merged; a name defined twice is an error that shows both places.
    - Names have lower case letters, digits and `-`, up to 63 of them. An instance's name is its guest's host name, unless `hostname` is given.
    - Where text is expected, a plain number, `true`, `false` or `null` is an error: quote it.
    - Relative paths are relative to the file that contains them.
    - `${name}` is substituted in any value but those below `cloudInit`; of `vars`, `--var-file` and `--var`, the last wins.
    - Profiles are applied left to right, then the instance, then its member: maps merge by key, scalars and lists replace,
      `null` removes.
    - Keys at the top of a file that start with `x-` are ignored: use them for YAML anchors.

    """

/// A map of the language and where it first stands.
private struct DescribedMap {
    let table: Table
    /// The path to it, such as `nodes.NAME.capacity`; empty for the file itself.
    let place: String
    let roles: RoleLanguages

    /// Adds this map and those below it, each once, in the order in which a reader meets them.
    ///
    /// What is only a part of another map comes after it, so that the other is the one that is described in full.
    func collect(into maps: inout [DescribedMap]) {
        guard !maps.contains(where: { $0.table.noun == table.noun }) else { return }
        let isPart = maps.contains { table.isMostly(of: $0.table) }
        maps.append(self)
        guard !isPart else { return }
        let below = table.keys.flatMap { key in
            let path = place.isEmpty ? key.name : "\(place).\(key.name)"
            return key.schema.tables(roles).map { DescribedMap(table: $0.table, place: path + $0.suffix, roles: roles) }
        }
        let parts = below.filter { map in below.contains { map.table.isMostly(of: $0.table) } }
        let wholes = below.filter { map in !parts.contains { $0.table.noun == map.table.noun } }
        for map in wholes + parts { map.collect(into: &maps) }
    }

    /// The map's heading, place and keys.
    func chapter(among maps: [DescribedMap]) -> String {
        var lines = ["## \(heading(of: table))", ""]
        if !place.isEmpty { lines += ["At `\(place)`.", ""] }
        if let whole = maps.first(where: { table.isMostly(of: $0.table) }) {
            let missing = whole.table.keys.map(\.name).filter { name in !table.keys.contains { $0.name == name } }
            let except = missing.map { "`\($0)`" }.joined(separator: ", ")
            lines += ["The keys of [\(whole.table.noun)](#\(anchor(of: whole.table))) except \(except).", ""]
            return lines.joined(separator: "\n")
        }
        lines += ["| key | value | default | meaning | example |", "|---|---|---|---|---|"]
        lines += table.keys.map(row)
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ key: any KeyDescription) -> String {
        let example = key.example ?? key.schema.example(roles)
        let tables = key.schema.tables(roles).map(\.table)
        let links = tables.filter { !$0.isInPlaceOfValue }.map(link)
        let instead = tables.filter(\.isInPlaceOfValue).map { " or \(link($0))" }
        let isRequired = table.required.contains { $0.name == key.name }
        let cells = [
            "`\(key.name)`", ([key.expected] + links).joined(separator: ": ") + instead.joined(),
            isRequired ? "required" : key.unset ?? "–", key.summary, example.map { "`\($0)`" } ?? "",
        ]
        return "| " + cells.map(escaped).joined(separator: " | ") + " |"
    }
}

extension Table {
    /// Whether it is another, larger map without some keys that only that one can have; small maps are told in full.
    fileprivate func isMostly(of other: Table) -> Bool {
        let names = Set(keys.map(\.name))
        let others = Set(other.keys.map(\.name))
        return names.count > 5 && names.count * 2 > others.count && names.isStrictSubset(of: others)
    }
}

extension Schema {
    /// The maps that a value is made of, with what follows the path to it: the name, where it is in a map of names.
    fileprivate func tables(_ roles: RoleLanguages) -> [(table: Table, suffix: String)] {
        switch self {
        case .object(let table), .open(let table): [(table, "")]
        case .map(let item): item.tables(roles).map { ($0.table, ".NAME" + $0.suffix) }
        case .list(let item): item.tables(roles)
        case .role: [(roles.table, "")]
        case .either(let choices): choices.flatMap { $0.tables(roles) }
        case .text, .integer, .number, .boolean, .choice: []
        }
    }
}

extension Table {
    /// Whether it is what a value of any kind can be taken from.
    fileprivate var isInPlaceOfValue: Bool {
        [ReferenceForm.address, .output].contains { $0.table.noun == noun }
    }
}

private func link(_ table: Table) -> String { "[\(table.noun)](#\(anchor(of: table)))" }

private func heading(of table: Table) -> String {
    table.noun.prefix(1).uppercased() + table.noun.dropFirst()
}

/// The fragment that Markdown viewers, GitHub's among them, make of the heading: without its marks, such as an apostrophe.
private func anchor(of table: Table) -> String {
    let kept = table.noun.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
    return kept.replacing(" ", with: "-")
}

/// A cell's text: a bar would end the cell.
private func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}

import YAML

extension Instance {
    /// The instance as it is written, with everything that it has by default.
    var written: YAML.Node { Table.instance.node(InstanceField.entries.map { $0.write(self) }) }

    /// A group as it is written: what all members have in common, and below `members:` what differs.
    static func group(of members: [Instance]) -> YAML.Node {
        let written = members.map { member in
            (number: member.member ?? 0, keys: InstanceField.shared.map { $0.write(member) })
        }.sorted { $0.number < $1.number }
        let names = written.first?.keys.map(\.name) ?? []
        let common = names.indices.filter { index in
            written.allSatisfy { $0.keys[index].value == written.first?.keys[index].value }
        }
        let differing = written.map { member in
            let keys = member.keys.indices.map { index in
                common.contains(index) ? WrittenKey(name: names[index], value: nil) : member.keys[index]
            }
            return (String(member.number), Table.member.node(keys))
        }.filter { $0.1.mapping?.entries.isEmpty == false }
        let shared = names.indices.map { index in
            WrittenKey(name: names[index], value: common.contains(index) ? written.first?.keys[index].value : nil)
        }
        return Table.instance.node(
            shared + [
                InstanceKeys.profiles.dissolved, InstanceKeys.count.written(written.last?.number),
                InstanceKeys.members.written(differing.isEmpty ? nil : .map(differing)),
                WrittenKey(name: InstanceField.adopted.path, value: nil),
            ])
    }
}

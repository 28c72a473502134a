import YAML

/// The keys of a member that a spec names itself.
enum MemberKeys {
    static let name = Key("name", Kind<Name>.name, "The member's name.", example: "web-1")
    static let address = Key("address", Kind<IPv4Address>.address, "Its address.", example: "10.0.0.5")
    static let port = Key(
        "port", Kind<Int>.integer(1...65_535, "a port"), "Its port.", unset: "none", example: "8080")
    static let table = Table("a member of a list", [name, address, port], required: [name, address])
}

extension Kind where Value == Member {
    /// A member that a spec names itself.
    static var member: Kind {
        .object(
            MemberKeys.table,
            { member in
                [
                    MemberKeys.name.written(member.name), MemberKeys.address.written(member.address),
                    MemberKeys.port.written(member.port),
                ]
            }
        ) { reader in
            let name = reader.required(MemberKeys.name)
            let address = reader.required(MemberKeys.address)
            let port = reader.optional(MemberKeys.port)
            guard let name, let address else { return nil }
            return Member(name: name, address: address, port: port)
        }
    }
}

extension Kind where Value == InputValue {
    /// The members of a group, or a list of machines; of these, the first one is the one that starts them all.
    static func members(isLiteral: Bool) -> Kind {
        let list = Kind<[Member]>.list(of: .member, "members")
        let expected = isLiteral ? list.expected : "{members: GROUP, network: NAME} or a list of members"
        let schema: Schema =
            isLiteral ? list.schema : .either([.object(ReferenceForm.members.table), list.schema])
        return Kind(expected: expected, schema: schema, write: \.written) { node, path, context in
            switch node.content {
            case .invalid:
                return nil
            case .sequence:
                return list.read(node, path, context).flatMap { members($0, node, path, context) }
            case .mapping(let mapping) where !isLiteral:
                return RoleReference.read(
                    node, ReferenceForm.meant(by: mapping) ?? .members, for: .members, path: path, context: context
                ).map { .reference($0) }
            case .mapping, .scalar:
                let name = isLiteral ? nil : node.scalar.flatMap { Name($0.text) }
                context.mismatch(
                    node, path: path, expected: expected,
                    remedy: name.map { "write {members: \($0), network: NAME}" })
                return nil
            }
        }
    }

    /// The members of a list, each of which has a name of its own.
    private static func members(
        _ members: [Member], _ node: YAML.Node, _ path: String, _ context: DecodingContext
    ) -> InputValue? {
        var names: Set<Name> = []
        for member in members where !names.insert(member.name).inserted {
            context.error(node.mark, "\(path): the member \(member.name) is named twice", remedy: "remove one of them")
            return nil
        }
        return .members(
            members.enumerated().map { index, member in
                Member(name: member.name, address: member.address, port: member.port, isFirst: index == 0)
            })
    }
}

import YAML

/// The keys of a reference to what other instances have.
enum ReferenceKeys {
    static let members = Key(
        "members", Kind<Name>.name, "The group or instance whose members it takes.", example: "web")
    static let address = Key(
        "address", Kind<Name>.name, "The instance whose address it takes; `self` for the one that has the role.",
        example: "db")
    static let output = Key(
        "output", Kind<RoleReference>.output, "What a role of an instance puts out; the role waits for that one.",
        example: "manager.roles.swarm.join")
    static let network = Key(
        "network", Kind<Name>.name, "The network in which the addresses are.", example: "back")
    static let port = Key(
        "port", Kind<Int>.integer(1...65_535, "a port"), "The port of each member.", unset: "none", example: "8080")
    static let wait = Key(
        "wait", Kind<Bool>.boolean, "Whether the role is applied after the roles of those that it names.",
        unset: "`true`", example: "false")
}

/// What a reference takes, by the key that says so.
enum ReferenceForm: String, CaseIterable {
    case members, address, output

    var table: Table {
        switch self {
        case .members: ReferenceForm.ofMembers
        case .address: ReferenceForm.ofAddress
        case .output: ReferenceForm.ofOutput
        }
    }

    private static let ofMembers = Table(
        "a reference to members",
        [ReferenceKeys.members, ReferenceKeys.network, ReferenceKeys.port, ReferenceKeys.wait],
        required: [ReferenceKeys.members, ReferenceKeys.network], isAlternative: true)
    private static let ofAddress = Table(
        "a reference to an address", [ReferenceKeys.address, ReferenceKeys.network, ReferenceKeys.wait],
        required: [ReferenceKeys.address, ReferenceKeys.network], isAlternative: true)
    private static let ofOutput = Table(
        "a reference to an output", [ReferenceKeys.output], required: [ReferenceKeys.output], isAlternative: true)

    /// The reference that a map is, misspelt or not; nil where it is none.
    static func meant(by mapping: Mapping) -> ReferenceForm? {
        let keys = mapping.entries.map(\.key)
        return keys.lazy.compactMap { ReferenceForm(rawValue: $0) }.first
            ?? keys.lazy.compactMap { NearMiss.of($0, in: allCases.map(\.rawValue)) }.first
            .flatMap { ReferenceForm(rawValue: $0) }
    }

    /// What an input of a type takes.
    static func taken(by type: InputType) -> [ReferenceForm] {
        switch type {
        case .members: [.members]
        case .address: [.address, .output]
        case .list, .map: []
        default: [.output]
        }
    }
}

extension RoleReference {
    /// Reads a reference for an input of a type; complains where it takes no such reference.
    static func read(
        _ node: YAML.Node, _ form: ReferenceForm, for type: InputType, path: String, context: DecodingContext
    ) -> RoleReference? {
        let given = (node.mapping?.entries ?? []).filter { ReferenceForm(rawValue: $0.key) != nil }
        guard given.count < 2 else {
            let first = given.map(\.keyMark).min() ?? node.mark
            context.error(first, "\(path): expected exactly one of members, address and output")
            return nil
        }
        guard ReferenceForm.taken(by: type).contains(form) else {
            let takes =
                form == .output ? "no input of the type \(type.word.rawValue)" : "only an input of the type \(form)"
            context.error(node.mark, "\(path): \(takes) takes {\(form.rawValue): …}")
            return nil
        }
        guard let reader = MapReader(node, table: form.table, path: path, context: context) else { return nil }
        return reader.reference(form)
    }

    /// The reference as it is written.
    var written: YAML.Node {
        switch self {
        case .members(let name, let network, let port, let waits):
            ReferenceForm.members.table.node([
                ReferenceKeys.members.written(name), ReferenceKeys.network.written(network),
                ReferenceKeys.port.written(port), ReferenceKeys.wait.written(waits ? nil : false),
            ])
        case .address(let name, let network, let waits):
            ReferenceForm.address.table.node([
                ReferenceKeys.address.written(name ?? .itself), ReferenceKeys.network.written(network),
                ReferenceKeys.wait.written(waits ? nil : false),
            ])
        case .output:
            ReferenceForm.output.table.node([ReferenceKeys.output.written(self)])
        }
    }
}

extension MapReader {
    /// The reference that the map is; nil where something of it is missing or wrong.
    fileprivate func reference(_ form: ReferenceForm) -> RoleReference? {
        guard form != .output else { return required(ReferenceKeys.output) }
        let isOfMembers = form == .members
        let name = required(isOfMembers ? ReferenceKeys.members : ReferenceKeys.address)
        let network = required(ReferenceKeys.network)
        let port = isOfMembers ? optional(ReferenceKeys.port) : nil
        let waits = optional(ReferenceKeys.wait) ?? true
        guard let name, let network else { return nil }
        return isOfMembers
            ? .members(of: name, network: network, port: port, waits: waits)
            : .address(of: name == .itself ? nil : name, network: network, waits: waits)
    }
}

extension Kind where Value == RoleReference {
    /// An output of another instance's role.
    fileprivate static var output: Kind {
        .parsed("INSTANCE.roles.ROLE.OUTPUT") { text throws(Complaint) in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, parts[1] == InstanceField.roles.path, let instance = Name(parts[0]),
                let role = Name(parts[2]), InputDeclaration.isName(parts[3])
            else { throw Complaint() }
            return .output(of: instance, role: role, output: parts[3])
        } text: { reference in
            guard case .output(let instance, let role, let output) = reference else { return "" }
            return "\(instance).\(InstanceField.roles.path).\(role).\(output)"
        }
    }
}

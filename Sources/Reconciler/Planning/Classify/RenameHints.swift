import Spec

/// Which new instance of the spec may be an old one under another name, so that a deletion can say how to keep it.
struct RenameHints {
    private var byAddress: [IPv4Address: [Name]] = [:]
    private var byFields: [[String: String]: [Name]] = [:]

    /// No hints.
    init() {}

    init(_ new: [Instance], inputs: Inputs) {
        for instance in new {
            for address in instance.nics.compactMap(\.address) { byAddress[address, default: []].append(instance.name) }
            byFields[Self.telling(instance.fields(inputs: inputs)), default: []].append(instance.name)
        }
    }

    /// The fields without those that marks of older runs do not have.
    private static func telling(_ fields: [String: String]) -> [String: String] {
        fields.filter { InstanceField.field(of: $0.key)?.isNewInMarks != true }
    }

    /// What to write where one new instance has the address of the old one, or is the same but for its name.
    func hint(for old: DomainMark) -> String? {
        let addressed = Set(old.nics.values.compactMap(\.address).flatMap { byAddress[$0] ?? [] })
        let similar = addressed.isEmpty ? Set(byFields[Self.telling(old.applied)] ?? []) : addressed
        guard let name = similar.first, similar.count == 1 else { return nil }
        return "if it is now called \(name), set renamedFrom: \(old.instance) there to keep it"
    }
}

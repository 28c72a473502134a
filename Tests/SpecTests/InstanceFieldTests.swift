import Roles
import Testing
import YAML

@testable import Spec

/// The catalogue of fields, each by an example of its own: what a declaration leaves out fails here.
@Suite("The fields of an instance") struct InstanceFieldTests {
    /// Who an instance is and where it was written, which no field says; and roles, whose kinds are tested on their own.
    private static let others: Set<String> = [
        "name", "group", "member", "part", "isManaged", "position", "positions", "roles", "architecture",
    ]
    /// Keys that decoding replaces by what they stand for.
    private static let replaced: Set<String> = ["profiles", "count", "members", "flavor", "networks"]
    /// Where the reference's example is the default.
    private static let values = ["vcpus": "7", "memory": "3GiB", "disk": "7GiB", "pool": "fast"]

    private static let fields = InstanceField.all.filter { !replaced.contains($0.path) && !others.contains($0.path) }

    private func instance(_ field: InstanceField, _ value: YAML.Node) throws -> Instance {
        let context = DecodingContext(roles: Roles.languages, provision: { _ in .file([0x61]) })
        let entry = Mapping.Entry(key: field.key.name, keyMark: value.mark, value: value)
        let map = YAML.Node(.mapping(Mapping([entry])), at: value.mark)
        let reader = try #require(MapReader(map, table: nil, path: "", subject: "a", context: context))
        var instance = Instance.unset
        let change = field.read(reader)
        if let change { change(&instance) }
        #expect(change != nil)
        #expect(context.diagnostics.map(\.description) == [])
        return instance
    }

    private func example(of field: InstanceField) throws -> Instance {
        let text = try #require(Self.values[field.path] ?? field.key.example)
        return try instance(field, try #require(Document(reading: text, file: "f").root))
    }

    /// The properties of an instance that are not as in one of which nothing is said.
    private func properties(of instance: Instance) -> Set<String> {
        let unset = Mirror(reflecting: Instance.unset).children
        let pairs = zip(unset, Mirror(reflecting: instance).children)
        return Set(pairs.filter { "\($0.value)" != "\($1.value)" }.compactMap(\.0.label))
    }

    @Test("Each field sets one property, and each property is some field's")
    func properties() throws {
        var found: Set<String> = []
        for field in Self.fields {
            let properties = self.properties(of: try example(of: field))
            #expect(properties.count == 1, "\(field.path): \(properties)")
            found.formUnion(properties)
        }
        let all = Set(Mirror(reflecting: Instance.unset).children.compactMap(\.label))
        #expect(all.subtracting(Self.others).subtracting(found) == [])
    }

    @Test("Each field is read again as it is written")
    func writing() throws {
        for field in Self.fields {
            let first = try example(of: field)
            let written = try #require(field.write(first).value, "\(field.path)")
            #expect(try instance(field, written) == first, "\(field.path)")
        }
    }

    @Test("A change of a field that the mark remembers changes its record, and a policy is not remembered")
    func record() throws {
        for field in Self.fields {
            switch field.record {
            case .never: break
            case .text(let text): #expect(text(try example(of: field)) != text(.unset), "\(field.path)")
            case .resolved: #expect(field.effect != .policy, "\(field.path)")
            }
        }
    }

    @Test("The keys of an instance are its fields, and a path within one leads to it")
    func paths() {
        #expect(Set(InstanceField.all.map(\.path)).count == InstanceField.all.count)
        #expect(InstanceField.field(of: "hardware.cpu")?.path == "hardware.cpu")
        #expect(InstanceField.field(of: "nics.eth0.mac")?.path == "nics")
        #expect(InstanceField.field(of: "labels.memory")?.path == "labels")
        #expect(InstanceField.field(of: "nonsense") == nil && InstanceField.field(of: "part") == nil)
    }
}

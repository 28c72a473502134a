import Spec
import Testing
import YAML

@Suite struct InputTests {
    @Test("an input that is wrong is answered with its place", arguments: InputCases.all)
    func wrong(_ row: InputCase) throws {
        let text = MarkedText(Self.text(roles: "{r: \(row.role)}"))
        let place = try #require(text.place)
        let result = Self.load(text.text)
        #expect(result.diagnostics.map(\.description) == ["f:\(place): error: \(row.expected)"])
        #expect(!result.diagnostics.contains { $0.description.contains("s3cret") })
    }

    @Test("inputs are read by their types, with the defaults of those that are left out")
    func values() throws {
        let inputs = try Self.inputs(Self.every)
        let web = try #require(Name("web"))
        let back = try #require(Name("back"))
        #expect(inputs["listen"] == .integer(80))
        #expect(inputs["backends"] == .reference(.members(of: web, network: back, port: 8_080, waits: false)))
        #expect(inputs["token"] == .secret(.environment("TOKEN")))
        #expect(inputs["size"] == .text("1GiB"))
        #expect(inputs["wait"] == .text("90s"))
        #expect(inputs["server"] == .reference(.address(of: nil, network: back, waits: true)))
        #expect(inputs["isOn"] == .boolean(true))
        #expect(inputs["workers"] == .integer(2))
        #expect(inputs["note"] == nil)
    }

    @Test("members that a spec names itself are in its order, and the first one is marked")
    func members() throws {
        let inputs = try Self.inputs(
            "{listen: 80, backends: [{name: b, address: 10.0.0.2, port: 81}, {name: a, address: 10.0.0.1}]}")
        guard case .members(let members) = inputs["backends"] else {
            Issue.record("there are no members")
            return
        }
        #expect(
            members.map { "\($0.name) \($0.address) \($0.port ?? 0) \($0.isFirst)" } == [
                "b 10.0.0.2 81 true", "a 10.0.0.1 0 false",
            ])
    }

    @Test("references are found wherever they stand, and each has a place")
    func references() throws {
        let cluster = try #require(Self.load(Self.text(roles: "{r: {p: \(Self.every)}}")).cluster)
        let instanceName = try #require(Name("lb"))
        let instance = try #require(cluster.instances[instanceName])
        let roleName = try #require(Name("r"))
        let role = try #require(instance.roles[roleName])
        let inputs = try #require(role.value(of: EveryInput.self))
        #expect(inputs.references().map(\.key) == ["backends", "peers.2", "server", "users.bob"])
        let places = inputs.references().map { instance.positions["roles.r.p.\($0.key)"] }
        #expect(!places.contains(nil))
        #expect(instance.positions["roles.r.p.backends.members"] != nil)
        #expect(role.secrets.map(\.path) == ["token", "tokens.1", "users.ann"])
    }

    @Test("a reference takes the place of what a lower layer says, as a whole")
    func layers() throws {
        let text = """
            profiles:
              low: {roles: {r: {p: {listen: 80, backends: {members: web, network: back}, server: {address: db, network: back}}}}}
            instances:
              lb: {image: debian, flavor: small, networks: [front], profiles: [low], roles: {r: {p: {server: {output: a.roles.b.c}}}}}
            """
        let result = Self.load("apiVersion: kvmctl/v1\n" + text)
        #expect(result.diagnostics.map(\.description) == [])
        let instanceName = try #require(Name("lb"))
        let instance = try #require(result.cluster?.instances[instanceName])
        let inputs = instance.roles[try #require(Name("r"))]?.value(of: EveryInput.self)
        let (a, b) = (try #require(Name("a")), try #require(Name("b")))
        #expect(inputs?["server"] == .reference(.output(of: a, role: b, output: "c")))
        #expect(inputs?["listen"] == .integer(80))
    }

    @Test("a rendered spec means what it was made of")
    func roundTrip() throws {
        let original = try #require(Self.load(Self.text(roles: "{r: {p: \(Self.every)}}")).cluster)
        let rendered = try RenderedSpec(original).documents.map { try Emitter.text($0) }
        let sources = rendered.enumerated().map { SpecSource(file: "file\($0)", text: $1) }
        let again = SpecLoader.load(sources: sources, roles: Self.languages)
        #expect(again.diagnostics.map(\.description) == [])
        #expect(again.cluster?.withoutPlaces == original.withoutPlaces)
    }

    @Test("the schema and the reference know the inputs of a role")
    func schema() {
        #expect(jsonSchema(Self.languages).contains("p-role"))
        #expect(specReference(Self.languages).contains("`backends`"))
    }

    private static let languages = RoleLanguages([EveryInput.self, Balancer.self])

    private static let every = """
        {listen: 80, backends: {members: web, network: back, port: 8080, wait: false}, token: {env: TOKEN}, mode: a, \
        size: 1024MiB, wait: 1m30s, clients: [0.0.0.0/0, 10.0.0.1/32], peers: [10.0.0.1, {address: db, network: back}], \
        users: {ann: {file: ann}, bob: {output: a.roles.b.password}}, tokens: [{env: A}], limits: {"a b": -5, c: 5}, \
        folder: /srv/www, page: "https://example.org/a?b=c", server: {address: self, network: back}}
        """

    private static func text(roles: String) -> String {
        "apiVersion: kvmctl/v1\ninstances: {lb: {image: debian, flavor: small, networks: [front], roles: \(roles)}}\n"
    }

    private static func load(_ text: String) -> LoadResult {
        SpecLoader.load(
            sources: [SpecSource(file: "base", text: SpecCase.base), SpecSource(file: "f", text: text)],
            roles: languages)
    }

    private static func inputs(_ text: String) throws -> [String: InputValue] {
        let cluster = try #require(load(Self.text(roles: "{r: {p: \(text)}}")).cluster)
        let instanceName = try #require(Name("lb"))
        let instance = try #require(cluster.instances[instanceName])
        let roleName = try #require(Name("r"))
        return try #require(instance.roles[roleName]?.value(of: EveryInput.self))
    }
}

import Spec
import Testing
import YAML

/// The kind of all packages, as far as the language goes.
enum TestPackages: PackagedRoleLanguage {
    static let key: RoleKey = "package"
    static let summary = "A role of a package."
    static let example = "{}"

    static func check(_ roles: [PlacedRole<PackageRole>]) -> [Diagnostic] { [] }
}

@Suite struct PackageLanguageTests {
    @Test("a package is written by its name, with its inputs")
    func package() throws {
        let result = Self.load("{r: {cache: {backends: {members: first, network: front}, listen: 81}}}")
        #expect(result.diagnostics.map(\.description) == [])
        let role = try Self.role(of: result)
        let name = try #require(Name("r"))
        #expect(role.key == "package")
        #expect(role.word == "cache")
        #expect(role.path(named: name) == "roles.r.cache")
        #expect(role.references.map(\.key) == ["backends"])
        #expect(role.outputs == [RoleOutput("url", isSecret: false)])
        #expect(role.ports == [RolePort(81, at: "listen"), RolePort(8_404, at: ""), RolePort(53, .udp, at: "")])
        #expect(role.secrets == [])
        #expect(role.value(of: TestPackages.self)?.inputs["workers"] == .integer(2))
    }

    @Test("a rendered spec has the package's name, and means the same")
    func rendering() throws {
        let original = try #require(Self.load("{r: {cache: {backends: [{name: a, address: 10.0.0.1}]}}}").cluster)
        let rendered = try RenderedSpec(original).documents.map { try Emitter.text($0) }
        #expect(rendered.joined().contains("cache:"))
        let again = SpecLoader.load(
            sources: rendered.map { SpecSource(file: "f", text: $0) }, roles: Self.languages, packages: Self.packages)
        #expect(again.diagnostics.map(\.description) == [])
        #expect(again.cluster?.withoutPlaces == original.withoutPlaces)
    }

    @Test(
        "a role that is wrong is answered with its place",
        arguments: [
            ("{r: {▸cahce: {}}}", ["unknown key \"cahce\" in a role; did you mean \"cache\"?"]),
            (
                "{r: {cache: ▸{}}}",
                ["roles.r.cache: backends is missing; expected {members: GROUP, network: NAME} or a list of members"]
            ),
            (
                "{r: {cache: {backends: [], ▸lisen: 80}}}",
                ["unknown key \"lisen\" in a cache role; did you mean \"listen\"?"]
            ),
            (
                "{cache: ▸{listen: 80, backends: []}}",
                [
                    "roles.cache: the package is missing between the role's name and its inputs; write cache: {cache: {…}}, or give the role a name of its own"
                ]
            ),
            ("{r: {▸broken: {}}}", ["roles.r: the package broken cannot be used: roles/broken/role.yaml has an error"]),
            (
                "{r: ▸{cache: {backends: []}, p: {listen: 80, backends: []}}}",
                ["roles.r: expected one kind of role, found p and cache; write them as two roles"]
            ),
        ])
    func wrong(_ marked: String, _ expected: [String]) throws {
        let text = MarkedText(Self.text(roles: marked))
        let place = try #require(text.place)
        let result = SpecLoader.load(
            sources: [SpecSource(file: "base", text: SpecCase.base), SpecSource(file: "f", text: text.text)],
            roles: Self.languages, packages: Self.packages)
        let ofSpec = result.diagnostics.filter { $0.position.file == "f" }
        #expect(ofSpec.map(\.description) == expected.map { "f:\(place): error: \($0)" })
        #expect(
            result.diagnostics.filter { $0.position.file != "f" }.map(\.description)
                == (marked.contains("broken")
                    ? [
                        "roles/broken/role.yaml:3:1: error: unknown key \"servces\" in a role package; did you mean \"services\"?"
                    ] : []))
    }

    @Test("of what names a role that could not be read nothing is said")
    func namesUnreadable() {
        for roles in ["{s: {broken: {}}}", "{s: {cache: {backends: [], lisen: 80}}}"] {
            let output = "{output: lb.roles.s.port}"
            let said = Self.load(String(roles.dropLast()) + ", t: {cache: {backends: [], listen: \(output)}}}")
            #expect(!said.diagnostics.contains { $0.description.contains("has no role") }, "\(said.diagnostics)")
        }
    }

    @Test("two roles of an instance may want a unit stopped, but not otherwise than each other")
    func units() throws {
        let same = Self.load("{r: {cache: {backends: []}}, s: {cache: {backends: [], listen: 81}}}")
        #expect(!same.diagnostics.contains { $0.description.contains("varnish") })
        let other = Self.load("{r: {cache: {backends: []}}, s: {web: {}}}")
        #expect(
            other.diagnostics.map(\.description) == [
                "f:2:112: error: roles.s.web: it wants varnish.service to run, and the role r wants it to be stopped; give them to two instances (the other role: f:2:86)"
            ])
        let name = try #require(Name("s"))
        let alone = try #require(
            Self.load("{s: {web: {}}}").cluster?.instances.values.compactMap { $0.roles[name] }.first)
        #expect(alone.files(named: name) == [RoleFile("/etc/s")])
    }

    @Test("packages are looked for beside each file of a run, once a folder")
    func folders() {
        var asked: [String] = []
        _ = SpecLoader.load(
            sources: ["b/x.yaml", "b/y.yaml", "./z.yaml", "-"].map {
                SpecSource(file: $0, text: "apiVersion: kvmctl/v1\n")
            },
            roles: Self.languages,
            packages: { folder in
                asked.append(folder)
                return []
            })
        #expect(asked == ["b", "."])
    }

    @Test(
        "a package beside the specs hides the one that came with kvmctl, and without a kind for packages there are none"
    )
    func shipped() throws {
        let name = try #require(Name("cache"))
        var package = RolePackage(name: name, origin: .shipped)
        package.summary = "Came with kvmctl."
        let languages = RoleLanguages([EveryInput.self], packaged: TestPackages.self, shipped: [package])
        #expect(try languages.catalogue[name]?.get().origin == .shipped)
        #expect(try languages.adding(Self.packages(".")).catalogue[name]?.get().origin == .folder("roles/cache"))
        #expect(RoleLanguages([EveryInput.self], shipped: [package]).adding(Self.packages(".")).catalogue.names == [])
        #expect(jsonSchema(languages).contains("cache-role"))
        #expect(specReference(languages).contains("Came with kvmctl."))
    }

    private static let languages = RoleLanguages([EveryInput.self], packaged: TestPackages.self)

    private static func packages(_ folder: String) -> [PackageSource] {
        let cache = """
            inputs:
              backends: {type: members, required: true}
              listen: {type: port, default: 80}
              workers: {type: integer, default: 2}
            packages: {debian: [cache]}
            ports: [{port: "{{listen}}"}, {port: 8404}, {port: 53, protocol: udp}]
            outputs: {url: {value: "http://{{kvmctl.address}}:{{listen}}/"}}
            services: {varnish: {run: false}}
            """
        let web = "services: {varnish: {}}\nfiles: {'/etc/{{kvmctl.role}}': {content: a}}"
        return [("cache", cache), ("web", web), ("broken", "servces: {}")].map { name, text in
            PackageSource(
                folder: "roles/\(name)", files: ["role.yaml": Array((PackageCase.start + text).utf8)])
        }
    }

    private static func text(roles: String) -> String {
        "apiVersion: kvmctl/v1\ninstances: {lb: {image: debian, flavor: small, networks: [front], roles: \(roles)}}\n"
    }

    private static func load(_ roles: String) -> LoadResult {
        SpecLoader.load(
            sources: [
                SpecSource(file: "base", text: SpecCase.base), SpecSource(file: "f", text: text(roles: roles)),
            ], roles: languages, packages: packages)
    }

    private static func role(of result: LoadResult) throws -> Role {
        let instanceName = try #require(Name("lb"))
        let instance = try #require(result.cluster?.instances[instanceName])
        let roleName = try #require(Name("r"))
        return try #require(instance.roles[roleName])
    }
}

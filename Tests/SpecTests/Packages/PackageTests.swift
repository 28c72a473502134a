import SeededRandomness
import Spec
import Testing
import YAML

@Suite struct PackageTests {
    @Test(
        "a package that is wrong is answered with its place",
        arguments: PackageCases.ofKeys + PackageCases.ofFiles + PackageCases.ofParts + PackageCases.ofTemplates)
    func wrong(_ row: PackageCase) {
        #expect(PackageCase.problems(row.source) == row.expected)
    }

    @Test(
        "a folder that can be no package is answered as a whole",
        arguments: [
            (
                "roles/files", PackageCase.start + "services: {x: {}}",
                "roles/files/role.yaml: error: files is a kind of role and no package's name; rename the folder"
            ),
            (
                "roles/My_P", PackageCase.start,
                "roles/My_P: error: \"My_P\" is no name; use lower-case letters, digits and hyphens"
            ),
            (
                "roles/p", String(repeating: "#", count: 1_258_292),
                "roles/p: error: it is larger than 1MiB; fetch large files in apply:"
            ),
        ])
    func folders(_ folder: String, _ text: String, _ expected: String) {
        let source = PackageSource(folder: folder, files: ["role.yaml": Array(text.utf8)])
        let catalogue = PackageCatalogue(shipped: [], folders: [source], kinds: ["files"])
        #expect(catalogue.diagnostics.map(\.description) == [expected])
    }

    @Test("two folders with one name are an error, and one hides the package that came with kvmctl")
    func twice() throws {
        let text = Array((PackageCase.start + "services: {x: {}}").utf8)
        let folders = ["a/roles/p", "b/roles/p"].map { PackageSource(folder: $0, files: ["role.yaml": text]) }
        let both = PackageCatalogue(shipped: [], folders: folders)
        #expect(
            both.diagnostics.map(\.description) == [
                "b/roles/p/role.yaml: error: the package \"p\" is defined twice; keep one of them (first defined: a/roles/p/role.yaml)"
            ])
        let name = try #require(Name("p"))
        let catalogue = PackageCatalogue(
            shipped: [RolePackage(name: name, origin: .shipped)], folders: Array(folders.prefix(1)))
        #expect(try catalogue[name]?.get().origin == .folder("a/roles/p"))
        #expect(try catalogue[name]?.get().hidingFolder == "a/roles/p")
        #expect(catalogue.names == [name])
    }

    @Test("a whole package is read with everything that it says")
    func whole() throws {
        let package = try Self.read(Self.balancer)
        #expect(package.name.text == "p")
        #expect(package.summary == "Shares requests between web servers.")
        #expect(package.inputs.map(\.name) == ["listen", "backends", "algorithm", "token", "note", "workers", "users"])
        #expect(package.input("listen")?.defaultValue == .integer(80))
        #expect(package.input("algorithm")?.type == .choice(["roundrobin", "leastconn"]))
        #expect(package.input("workers")?.type == .integer(1...8))
        #expect(package.input("note")?.isOptional == true)
        #expect(package.packages == [.debian: ["haproxy"], .alpine: ["haproxy", "socat"]])
        #expect(
            package.files.map(\.name) == [
                "/etc/haproxy/haproxy.cfg", "/etc/p/{{kvmctl.role}}.env", "/etc/default/haproxy",
            ])
        #expect(package.files.map(\.mode) == ["0644", "0600", "0644"])
        #expect(package.files[2].content == .absent)
        #expect(package.services.map(\.unit) == ["haproxy.service", "apt-daily.timer"])
        #expect(package.services.map(\.onChange) == [.reload, .restart])
        #expect(package.services.map(\.isEnabled) == [true, false])
        #expect(package.ports.map(\.port) == [.input("listen"), .number(8_404)])
        #expect(package.ports[0].port.port(in: ["listen": .integer(81)]) == 81)
        #expect(package.health?.timeout == .seconds(30))
        #expect(package.hooks.keys.map(\.rawValue).sorted() == ["apply", "drain", "undrain"])
        #expect(package.outputs.map(\.name) == ["url", "key"])
        #expect(package.timeout == .seconds(1_200))
        #expect(package.bytes.keys.sorted() == ["apply.sh", "drain.sh", "haproxy.cfg", "role.yaml", "undrain.sh"])
    }

    @Test("a file's path and its condition follow the inputs")
    func conditions() throws {
        let file = try Self.read(Self.balancer).files[1]
        let role: [TemplateOwnValue: String] = [.role: "front"]
        let values = TemplateValues(inputs: ["token": .text("s3cret"), "note": .text("n")], own: role)
        #expect(String(decoding: try file.path.render(values), as: UTF8.self) == "/etc/p/front.env")
        #expect(file.condition?.holds(values) == true)
        #expect(file.condition?.holds(TemplateValues(inputs: ["token": .text("s3cret")], own: role)) == false)
    }

    @Test("a package's own text keeps what looks like a variable of a spec")
    func shell() throws {
        let package = try Self.read(["role.yaml": PackageCase.start + "files: {/etc/x: {content: 'a ${HOME} $${B}'}}"])
        guard case .template(let template) = package.files[0].content else {
            Issue.record("the file has no template")
            return
        }
        let text = String(decoding: try template.render(TemplateValues(inputs: [:])), as: UTF8.self)
        #expect(text == "a ${HOME} $${B}")
    }

    @Test("500 mutated packages are each read or refused with places, and never a crash")
    func mutations() {
        var random = SeededGenerator(seed: 0x5EED)
        let words = [
            "null", "[]", "{}", "{{x}}", "80", "\"", ": ", "../x", "members", "true", "\n", "\t", "{{#a}}", "&a", "*a",
        ]
        var refused = 0
        for number in 0..<500 {
            var bytes = Array((Self.balancer["role.yaml"] ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, place + Int.random(in: 1...9, using: &random))
                let word = Array((words.randomElement(using: &random) ?? "").utf8)
                bytes.replaceSubrange(place..<(Bool.random(using: &random) ? place : end), with: word)
            }
            var files = Self.balancer.mapValues { Array($0.utf8) }
            files["role.yaml"] = bytes
            let context = Comment(rawValue: "case \(number):\n\(String(decoding: bytes, as: UTF8.self))")
            do throws(PackageProblem) {
                _ = try PackageReader.read(PackageSource(folder: "roles/p", files: files), origin: .shipped)
            } catch {
                refused += 1
                #expect(!error.diagnostics.isEmpty, context)
                for diagnostic in error.diagnostics {
                    #expect(diagnostic.position.line >= 1 && diagnostic.position.column >= 1, context)
                    #expect(!diagnostic.description.unicodeScalars.contains { $0.value < 32 }, context)
                }
            }
        }
        #expect(refused > 200)
    }

    private static func read(_ files: [String: String]) throws -> RolePackage {
        let source = PackageSource(folder: "roles/p", files: files.mapValues { Array($0.utf8) })
        return try PackageReader.read(source, origin: .folder(source.folder))
    }

    /// A package with every key of the language.
    private static let balancer = [
        "role.yaml": """
        apiVersion: kvmctl.role/v1
        description: Shares requests between web servers.
        inputs:
          listen: {type: port, default: 80, description: The port., example: 8080}
          backends: {type: members, required: true}
          algorithm: {type: choice, choices: [roundrobin, leastconn], default: roundrobin}
          token: {type: secret, required: true}
          note: {type: text}
          workers: {type: integer, from: 1, to: 8, default: 2}
          users: {type: map, items: secret}
        packages: {debian: [haproxy], alpine: [haproxy, socat]}
        files:
          /etc/haproxy/haproxy.cfg: {template: haproxy.cfg, check: haproxy -c -f %s, mode: '0644'}
          /etc/p/{{kvmctl.role}}.env: {content: "TOKEN={{token}} {{note}}\\n", owner: "root:www-data", when: note}
          /etc/default/haproxy: {absent: true}
        services:
          haproxy: {onChange: reload, files: [/etc/haproxy/haproxy.cfg]}
          apt-daily.timer: {run: false}
        ports: [{port: "{{listen}}"}, {port: 8404, protocol: udp, when: note}]
        health: {http: {port: "{{listen}}", path: "/{{kvmctl.revision}}", status: 204, body: ok, tls: false}, timeout: 30s, from: guest}
        apply: apply.sh
        drain: drain.sh
        undrain: ./undrain.sh
        timeout: 20m
        outputs:
          url: {value: "http://{{kvmctl.address}}:{{listen}}/", description: Where the page is.}
          key: {secret: true}
        """,
        "haproxy.cfg": "bind *:{{listen}}\n{{#backends}}\nserver {{name}} {{address}}:{{port}}\n{{/backends}}\n",
        "apply.sh": "exit 0\n", "drain.sh": "exit 0\n", "undrain.sh": "exit 0\n", "README.md": "# p\n",
        "haproxy.cfg~": "what an editor left\n",
    ]
}

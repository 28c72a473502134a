import Foundation
import Roles
import Spec
import Testing
import YAML

/// The effective spec, written in its own language.
@Suite struct RenderingTests {
    @Test("a rendered spec means what it was made of: 200 random specs, which set every key of the language")
    func roundTrip() throws {
        var generator = SpecGenerator(seed: 0x5EED)
        var keys: Set<String> = []
        var refused: [String] = []
        for number in 0..<200 {
            let text = generator.spec()
            let first = Self.load([text])
            guard let original = first.cluster else {
                refused.append("spec \(number): \(first.errors)")
                continue
            }
            keys.formUnion(generator.keys)
            let rendered = try RenderedSpec(original).documents.map { try Emitter.text($0) }
            let again = Self.load(rendered)
            let read = try #require(again.cluster, "spec \(number): \(again.errors)\n\(rendered)")
            try #require(read.withoutPlaces == original.withoutPlaces, "spec \(number):\n\(text)\n\(rendered)")
            try #require(try RenderedSpec(read).documents.map { try Emitter.text($0) } == rendered)
        }
        let neverSet = try Self.keysOfTheSchema().subtracting(keys).sorted()
        #expect(neverSet == [])
        // Now and then random values do not go together, such as pins and a spread.
        #expect(refused.count < 20, "\(refused)")
    }

    @Test("text below cloudInit is written as it was, whatever its style")
    func cloudInit() throws {
        let cloudInit = """
              write_files:
              - path: /etc/x
                permissions: 0755
                mode: 0o600
                content: |+
                  a ${HOME}

                  b

              - yes
              - 'yes'
              - 12:30
              - >-
                folded
                text
              - ~
              on: off
            """
        let spec = "\(SpecCase.base)\n".replacing("{image: debian, flavor: small, networks: [front]}}", with: "")
        let text =
            spec.replacing(
                "instances: {first: ",
                with: "instances:\n  first:\n    image: debian\n    flavor: small\n    cloudInit:\n")
            + cloudInit.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(
                separator: "\n") + "\n"
        let cluster = try #require(Self.load([text]).cluster)
        let rendered = try Emitter.text(try #require(RenderedSpec(cluster).documents.first))
        let again = try #require(Self.load([rendered]).cluster)
        #expect(again.withoutPlaces == cluster.withoutPlaces)
        for line in ["permissions: 0755", "mode: 0o600", "- yes", "- 'yes'", "- 12:30", "- ~", "on: off", "a ${HOME}"] {
            #expect(rendered.contains("\(line)\n"), "\(line)")
        }
    }

    @Test("each part has a document of its own, and what is only used stays in its own file")
    func parts() throws {
        let used = SpecSource(
            file: "used.yaml",
            text: "apiVersion: kvmctl/v1\npart: base\nimages: {i: {source: i.qcow2}}\nnetworks: {n: {mode: isolated}}\n"
        )
        let one = """
            apiVersion: kvmctl/v1
            cluster: demo
            uses: [used.yaml]
            nodes: {kvm1: {address: local}}
            instances: {a: {image: i, vcpus: 1, memory: 1GiB, disk: 1GiB, networks: [n]}}
            """
        let two = """
            apiVersion: kvmctl/v1
            part: web
            instances: {b: {count: 2, image: i, vcpus: 1, memory: 1GiB, disk: 1GiB, placement: {spread: node}}}
            """
        let cluster = try #require(Self.load([one, two], used: used).cluster)
        let rendered = try RenderedSpec(cluster).documents.map { try Emitter.text($0) }
        #expect(rendered.count == 2)
        #expect(rendered[0].contains("uses:\n- used.yaml\n") && rendered[0].contains("part: main\n"))
        #expect(rendered[1].contains("part: web\n") && rendered[1].contains("count: 2\n"))
        #expect(!rendered.joined().contains("i.qcow2"))
        #expect(Self.load(rendered, used: used).cluster?.withoutPlaces == cluster.withoutPlaces)
    }

    private static func load(_ texts: [String], used: SpecSource? = nil) -> LoadResult {
        let sources = texts.enumerated().map { SpecSource(file: "f\($0)", text: $1) }
        let empty = SpecSource(
            file: "used.yaml", text: "apiVersion: kvmctl/v1\npart: other\nflavors: {f: {vcpus: 1}}\n")
        return SpecLoader.load(
            sources: sources, roles: Roles.languages, uses: { _ in .found([used ?? empty]) },
            userData: { .found(SpecSource(file: $0, text: "#cloud-config\npackages: [0755, yes]\n")) },
            provision: { part in
                guard case .playbook(let path) = part else { return .file(Array("text\n".utf8)) }
                return .playbook(RolePackage.Playbook(path: path, files: ["site.yml": "aa"]))
            })
    }

    /// Every key that the schema knows, as `SpecGenerator` names them.
    ///
    /// Those of packages are not among them: which there are is up to each; nor those of references, which have to lead
    /// somewhere.
    private static func keysOfTheSchema() throws -> Set<String> {
        let schema = jsonSchema(RoleLanguages([GitWeb.self, Files.self]))
        let root = try #require(try JSONSerialization.jsonObject(with: Data(schema.utf8)) as? [String: Any])
        let definitions = try #require(root["$defs"] as? [String: [String: Any]])
        var keys = Set((root["properties"] as? [String: Any] ?? [:]).keys.map { ".\($0)" })
        for (name, definition) in definitions where !name.hasPrefix("reference-to-") {
            keys.formUnion((definition["properties"] as? [String: Any] ?? [:]).keys.map { "\(name).\($0)" })
        }
        return keys
    }
}

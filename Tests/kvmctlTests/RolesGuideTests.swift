import ArgumentParser
import Engine
import Foundation
import Reconciler
import Spec
import TestFleet
import Testing

@testable import Roles
@testable import kvmctl

/// The examples of docs/roles.md, as somebody would type them.
struct RolesGuideTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "docs/roles.md"), encoding: .utf8)
    }

    /// The blocks of code, each with the file that it is; nil for those that are none.
    private var blocks: [(file: String?, language: String, text: String)] {
        var blocks: [(file: String?, language: String, text: String)] = []
        var file: String?
        var language: String?
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let open = language {
                if line == "```" {
                    blocks.append((file, open, lines.map { $0 + "\n" }.joined()))
                    (language, file, lines) = (nil, nil, [])
                } else {
                    lines.append(line)
                }
            } else if line.hasPrefix("```") {
                language = String(line.dropFirst(3))
            } else if line.hasPrefix("**"), line.hasSuffix("**") {
                file = String(line.dropFirst(2).dropLast(2))
            } else if !line.isEmpty {
                file = nil
            }
        }
        return blocks
    }

    /// A folder with all the files.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for block in blocks { if let file = block.file { try folder.write(file, block.text) } }
        return folder
    }

    @Test("every file in it is there once, and the whole is a spec without anything to complain about")
    func files() throws {
        let files = blocks.compactMap(\.file)
        #expect(
            files.sorted() == [
                "cluster.yaml", "roles/cache-client/fixture.yaml", "roles/cache-client/health.sh",
                "roles/cache-client/role.yaml", "roles/redis/apply.sh", "roles/redis/health.sh",
                "roles/redis/redis.conf.mustache", "roles/redis/role.yaml",
            ])
        let folder = try folder()
        let spec = SpecReader.load(SpecRequest(files: ["\(folder.path)/cluster.yaml"]), home: nil)
        #expect((spec.diagnostics + spec.unusedPackages).map(\.description) == [])
        let worker = try #require(spec.cluster?.instances.values.first { $0.name.text == "worker-2" })
        let role = try #require(worker.roles.values.first?.value(of: Packages.self))
        #expect(role.package.name.text == "cache-client" && role.inputs.count == 3)
    }

    @Test("what the packages place is what the text says")
    func rendering() throws {
        let folder = try folder()
        let shelf = try PackageShelf(beside: folder.path, home: nil)
        let redis = try shelf.package(named: "redis")
        let values: [String: InputValue] = [
            "listen": .text("10.77.0.150"), "port": .integer(6_379), "password": .text("s3cret"),
            "memory": .text("64MiB"),
        ]
        guard case .template(let template) = try #require(redis.files.first).content else {
            Issue.record("redis has no template")
            return
        }
        let made = String(
            decoding: try template.render(TemplateValues(inputs: values, own: [.role: "redis"])), as: UTF8.self)
        #expect(made.contains("bind 127.0.0.1 10.77.0.150\nport 6379\nrequirepass \"s3cret\"\nmaxmemory 67108864\n"))
        #expect(redis.files.first?.mode == "0640" && redis.hooks.keys.count == 2)
        let client = try shelf.package(named: "cache-client")
        #expect(
            client.files.map { "\($0.name) \($0.mode)" }.sorted() == [
                "/etc/cache-client/password 0600", "/etc/cache-client/server 0644",
            ])
    }

    @Test("its scripts are fit for a shell of Debian")
    func scripts() throws {
        let folder = try folder()
        for file in blocks.compactMap(\.file) where file.hasSuffix(".sh") {
            try folder.run("dash", ["-n", "\(folder.path)/\(file)"])
            try folder.run("shellcheck", ["\(folder.path)/\(file)"])
        }
    }

    @Test("its commands are commands of kvmctl")
    func commands() throws {
        let lines = blocks.filter { $0.file == nil && $0.language == "sh" }.flatMap {
            $0.text.split(separator: "\n").map(String.init)
        }
        #expect(lines.count >= 10)
        for line in lines {
            let start = try #require(line.firstRange(of: "kvmctl "), "\(line)")
            let words = Self.words(String(line[start.upperBound...]))
            #expect(throws: Never.self, "\(line)") { try Kvmctl.parseAsRoot(ArgumentForms.spelledOut(words)) }
        }
    }

    @Test("it names every type, every key and every shipped package")
    func complete() {
        for type in InputType.Word.allCases { #expect(text.contains("| `\(type.rawValue)` |"), "\(type)") }
        // Those of `provision:` are no package's.
        for hook in PackageHook.allCases where ![.health, .script, .program].contains(hook) {
            #expect(text.contains("`\(hook.rawValue)`"), "\(hook)")
        }
        for value in TemplateOwnValue.allCases { #expect(text.contains("{{\(value.name)}}"), "\(value)") }
        for package in ShippedPackages.all {
            #expect(text.contains("[`\(package.name)`](../roles/\(package.name)/README.md)"), "\(package.name)")
        }
    }

    /// The words of a line, as a shell splits it.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in line {
            if character == "'" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}

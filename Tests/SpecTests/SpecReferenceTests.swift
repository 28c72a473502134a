import Foundation
import Roles
import Spec
import Testing
import YAML

@Suite struct SpecReferenceTests {
    @Test("docs/spec.md is the reference; RECORD_GOLDEN=1 writes it again and fails")
    func shipped() throws {
        let url = URL(fileURLWithPath: repositoryRoot() + "/docs/spec.md")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try Data(specReference(Roles.languages).utf8).write(to: url)
            Issue.record("recorded \(url.path); read the difference and run again")
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == specReference(Roles.languages))
    }

    @Test("every link in the reference leads to one of its chapters")
    func links() {
        let text = specReference(Roles.languages)
        // As GitHub names them.
        let chapters = text.matches(of: /(?m)^## (.+)$/).map {
            $0.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.replacing(" ", with: "-")
        }
        let links = text.matches(of: /\]\(#([^)]+)\)/).map { String($0.1) }
        #expect(links.count > 20)
        #expect(Set(links).subtracting(chapters).isEmpty)
        #expect(Set(chapters).count == chapters.count)
    }

    @Test("every key of the language is in the reference")
    func keys() throws {
        let root = try #require(
            try JSONSerialization.jsonObject(with: Data(jsonSchema(Roles.languages).utf8)) as? [String: Any])
        let definitions = try #require(root["$defs"] as? [String: [String: Any]])
        let text = specReference(Roles.languages)
        for definition in definitions.values {
            for key in (definition["properties"] as? [String: Any] ?? [:]).keys {
                #expect(text.contains("| `\(key)` |"), "\(key)")
            }
        }
    }

    @Test("every example of the reference is accepted where it belongs", arguments: Example.all)
    func examples(_ example: Example) {
        #expect(example.complaints.isEmpty)
    }

    @Test("a wrong example would be noticed")
    func wrongExamples() {
        #expect(Example.all.count > 70)
        #expect(!Example(place: "nodes.NAME", key: "port", value: "0").complaints.isEmpty)
        #expect(!Example(place: "instances.NAME.nics.NAME", key: "address", value: "10.0.0").complaints.isEmpty)
        #expect(!Example(place: "networks.NAME", key: "nonsense", value: "1").complaints.isEmpty)
    }
}

/// An example of the reference, alone in a spec.
struct Example: CustomTestStringConvertible {
    let place: String
    let key: String
    let value: String
    /// Whether the map is an item of a list.
    var isItem = false

    var testDescription: String { place.isEmpty ? key : "\(place).\(key)" }

    /// What is wrong with the key or its value; that something else is missing, or not there to be named, does not count.
    var complaints: [Diagnostic] {
        let header = ["apiVersion: kvmctl/v1", "cluster: demo"].filter { !$0.hasPrefix("\(key):") || !place.isEmpty }
        let names = place.isEmpty ? [] : place.split(separator: ".").map { $0 == "NAME" ? "one" : String($0) }
        let beside = key == "members" ? "count: 2, " : ""
        let inner = "{\(beside)\(key): \(value)}"
        let map = names.reversed().reduce(isItem ? "[\(inner)]" : inner) { "{\($1): \($0)}" }
        let line = String(map.dropFirst().dropLast())
        let start = line.utf8.count - names.count - (isItem ? 1 : 0) - "\(key): \(value)".utf8.count + 1
        let result = load((header + [line]).joined(separator: "\n"))
        return result.errors.filter { error in
            error.position.line == header.count + 1 && error.position.column >= start
                && !Example.lonely.contains { error.message.contains($0) }
        }
    }

    /// What is said of values whose company is not there.
    private static let lonely = [
        "there is no ", "no node has a label", "has a gateway but no cidr", "has addresses but no cidr",
        "has a DHCP range but no cidr", "has cidr6 but no cidr", "has gateway6 but no cidr6", "it has no NIC",
        "nothing can be used here",
        "no file can be read here",
        "which has no ", "only a disk that is there already has a format", "the disk's format is not given",
    ]

    /// Every example with the path of its chapter.
    static let all: [Example] = {
        var place = ""
        var isItem = false
        var examples: [Example] = []
        for line in specReference(Roles.languages).split(separator: "\n") {
            if line.hasPrefix("## ") {
                place = ""
                isItem = line.hasSuffix(" of a list")
            }
            if let match = line.firstMatch(of: /^At `(.+)`\.$/) { place = String(match.1) }
            guard let match = line.firstMatch(of: /^\| `([^`]+)` \|.*\| `([^`]+)` \|$/) else { continue }
            examples.append(Example(place: place, key: String(match.1), value: String(match.2), isItem: isItem))
        }
        return examples
    }()
}

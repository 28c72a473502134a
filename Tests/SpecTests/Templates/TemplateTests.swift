import SeededRandomness
import Spec
import Testing
import YAML

@Suite struct TemplateTests {
    @Test("a template that is wrong by itself is answered with its place", arguments: TemplateCases.ofText)
    func text(_ row: TemplateCase) throws {
        let place = try #require(row.template.place)
        #expect(Self.problems(row.template.text) == ["roles/p/t:\(place): error: \(row.expected)"])
    }

    @Test("a name that the inputs cannot give is answered with its place", arguments: TemplateCases.ofNames)
    func names(_ row: TemplateCase) throws {
        let place = try #require(row.template.place)
        #expect(Self.problems(row.template.text) == ["roles/p/t:\(place): error: \(row.expected)"])
    }

    @Test("what is no UTF-8, and what is too large, is refused")
    func bytes() {
        #expect(throws: TemplateErrors.self) { try Template([0x61, 0xFF], file: "t") }
        #expect(throws: TemplateErrors.self) {
            try Template(Array(repeating: UInt8(ascii: "a"), count: (256 << 10) + 1), file: "t")
        }
    }

    @Test("mistakes in the value of a key are said with its path, exactly placed in plain text only")
    func ofKey() throws {
        let mark = Position(file: "role.yaml", line: 7, column: 12)
        let scope = TemplateScope(TemplateInputs.declarations)
        let bytes = Array("ab {{lsten}}".utf8)
        let plain = try Template(bytes, in: .value(mark, isPlain: true, path: "health.http.path")).check(scope)
        let quoted = try Template(bytes, in: .value(mark, isPlain: false, path: "health.http.path")).check(scope)
        let message = "error: health.http.path: there is no input \"lsten\"; did you mean \"listen\"?"
        #expect(plain.map(\.description) == ["role.yaml:7:15: \(message)"])
        #expect(quoted.map(\.description) == ["role.yaml:7:12: \(message)"])
    }

    @Test("a template says which of its inputs are secrets")
    func secrets() throws {
        let scope = TemplateScope(TemplateInputs.declarations)
        #expect(try Template(Array("{{token}} {{listen}} {{token}}".utf8), file: "t").secrets(scope) == ["token"])
        #expect(try Template(Array("{{listen}}".utf8), file: "t").secrets(scope) == [])
    }

    @Test("10,000 mutated templates are each refused with places or filled in, and never a crash")
    func mutations() {
        var random = SeededGenerator(seed: 0x5EED)
        let scope = TemplateScope(TemplateInputs.declarations)
        var refused = 0
        for number in 0..<10_000 {
            let bytes = Self.mutated(Array(TemplateValueCases.everything.utf8), using: &random)
            let context = Comment(rawValue: "case \(number): \(String(decoding: bytes, as: UTF8.self))")
            do throws(TemplateErrors) {
                let template = try Template(bytes, file: "t")
                let found = template.check(scope)
                for diagnostic in found { #expect(diagnostic.position.line >= 1, context) }
                // What was checked can be filled in, but for a value with a line break that is not alone any more.
                if found.isEmpty, (try? template.render(TemplateValueCases.oneLine)) == nil {
                    Issue.record("a template without mistakes could not be filled in: \(context.rawValue)")
                }
                refused += found.isEmpty ? 0 : 1
            } catch {
                refused += 1
                for diagnostic in error.diagnostics {
                    #expect(diagnostic.position.line >= 1 && diagnostic.position.column >= 1, context)
                    #expect(!diagnostic.description.unicodeScalars.contains { $0.value < 32 }, context)
                }
            }
        }
        #expect(refused > 2_000)
    }

    @Test("a file that is all braces costs no more than one look at it")
    func braces() {
        for text in ["{{", "{{!", "{{a ", "{{#a}}", "}}", "{{a}}"] {
            let bytes = Array(String(repeating: text, count: (256 << 10) / text.utf8.count).utf8)
            let scope = TemplateScope(TemplateInputs.declarations)
            let found = (try? Template(bytes, file: "t"))?.check(scope) ?? []
            #expect(found.count <= 50)
        }
    }

    private static func problems(_ text: String) -> [String] {
        do throws(TemplateErrors) {
            let template = try Template(Array(text.utf8), file: "roles/p/t")
            return template.check(TemplateScope(TemplateInputs.declarations)).map(\.description)
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    private static func mutated(_ original: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        let words = [
            "{{", "}}", "{{#", "{{/", "{{^", "{{!", ".", "\n", "\r\n", " ", "\u{0}", "{{.}}", "port", "{{/a}}",
        ]
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...9, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where end - place < bytes.count: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
            }
        }
        return bytes
    }
}

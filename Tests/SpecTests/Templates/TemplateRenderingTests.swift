import Spec
import Testing

@Suite struct TemplateRenderingTests {
    @Test("templates filled in", arguments: TemplateValueCases.rows)
    func rows(_ template: String, _ expected: String) throws {
        let template = try Template(Array(template.utf8), file: "t")
        #expect(template.check(TemplateScope(TemplateInputs.declarations)) == [])
        #expect(String(decoding: try template.render(TemplateValueCases.values), as: UTF8.self) == expected)
    }

    @Test(
        "what cannot stand where it is, is refused without being shown",
        arguments: [
            (
                "x {{token}}",
                "t:1:3: the value of {{token}} has a line break; only alone on its line it may have several lines"
            ),
            ("{{note}}", "t:1:1: there is no value for {{note}}"),
            ("{{#backends}}{{port}}\n{{/backends}}", "t:1:14: there is no value for {{port}}"),
            ("{{kvmctl.attempt}}", "t:1:1: there is no value for {{kvmctl.attempt}}"),
            ("{{words}}", "t:1:1: there is no value for {{words}}"),
        ])
    func refused(_ text: String, _ expected: String) throws {
        let template = try Template(Array(text.utf8), file: "t")
        var problem: TemplateProblem?
        do throws(TemplateProblem) {
            _ = try template.render(TemplateValueCases.values)
        } catch {
            problem = error
        }
        #expect(problem?.description == expected)
        #expect(problem?.description.contains("s3cret") != true)
    }

    @Test("a secret that nobody read, and a reference that nobody resolved, are never put in")
    func unresolved() throws {
        let template = try Template(Array("{{token}}".utf8), file: "t")
        for value in [
            InputValue.secret(.environment("TOKEN")),
            .reference(.output(of: try #require(Name("a")), role: try #require(Name("b")), output: "c")),
        ] {
            #expect(throws: TemplateProblem.self) { try template.render(TemplateValues(inputs: ["token": value])) }
        }
    }

    @Test("lists in lists that would never end are refused")
    func endless() throws {
        let text = String(repeating: "{{#words}}", count: 8) + "x" + String(repeating: "{{/words}}", count: 8)
        let template = try Template(Array(text.utf8), file: "t")
        let words = InputValue.list(Array(repeating: .text("a"), count: 1_000))
        #expect(throws: TemplateProblem.self) { try template.render(TemplateValues(inputs: ["words": words])) }
    }
}

/// Values of every type, and what templates make of them.
enum TemplateValueCases {
    static let values = TemplateValues(
        inputs: inputs, own: [.instance: "lb", .role: "front", .address: "10.0.0.9", .revision: "front-7"])

    /// The same without a value of several lines.
    static var oneLine: TemplateValues {
        var values = values
        values.inputs["token"] = .text("s3cret")
        values.inputs["backends"] = .members(members(port: 8_080))
        for name in TemplateOwnValue.allCases { values.own[name] = name.rawValue }
        return values
    }

    private static let inputs: [String: InputValue] = [
        "listen": .integer(80), "backends": .members(members(port: nil)), "words": .list([.text("a"), .text("b")]),
        "limits": .map(["low": .integer(1), "high": .integer(9)]), "flag": .boolean(false), "maybe": .boolean(true),
        "mode": .text("primary"), "pool": .text("1536MiB"), "wait": .text("1500ms"), "token": .text("s3cret\nmore\n"),
    ]

    private static func members(port: Int?) -> [Member] {
        ["web-1", "web-2"].enumerated().compactMap { index, name in
            guard let name = Name(name), let address = IPv4Address("10.0.0.\(index + 1)") else { return nil }
            return Member(name: name, address: address, port: port, isFirst: index == 0)
        }
    }

    static let rows: [(String, String)] = [
        ("", ""), ("a { b } }} c\n", "a { b } }} c\n"), ("bind *:{{listen}}\n", "bind *:80\n"),
        ("{{ listen }}{{kvmctl.instance}}/{{kvmctl.revision}}", "80lb/front-7"),
        ("{{#backends}}{{name}}={{address}}{{^last}},{{/last}}{{/backends}}", "web-1=10.0.0.1,web-2=10.0.0.2"),
        (
            "a\n  {{#backends}}\n  server {{name}} {{listen}}{{#first}} first{{/first}}{{#port}}:{{port}}{{/port}}\n{{/backends}}\nb",
            "a\n  server web-1 80 first\n  server web-2 80\nb"
        ),
        ("{{#words}}\r\n{{number}}:{{.}}\r\n{{/words}}\r\n", "1:a\r\n2:b\r\n"),
        ("{{#limits}}{{key}}={{value}};{{/limits}}", "high=9;low=1;"),
        ("{{#flag}}on{{/flag}}{{^flag}}off{{/flag}} {{flag}}", "off false"),
        ("{{#maybe}}on{{/maybe}}{{#note}}{{note}}{{/note}}{{^note}}none{{/note}}", "onnone"),
        (
            "{{#mode.primary}}p{{/mode.primary}}{{#mode.replica}}r{{/mode.replica}}{{^mode.replica}}n{{/mode.replica}}",
            "pn"
        ),
        ("{{#kind}}{{kind}}{{/kind}}{{#kind.a}}a{{/kind.a}}{{^kind.a}}-{{/kind.a}}", "-"),
        ("{{pool}} {{pool.bytes}} {{pool.MiB}} {{pool.GiB}}", "1536MiB 1610612736 1536 1"),
        ("{{wait}} {{wait.seconds}} {{wait.milliseconds}}", "1500ms 2 1500"),
        ("a\n  {{! a comment\n  of two lines }}  \nb{{! c }}c", "a\nbc"),
        ("key:\n{{token}}\nend", "key:\ns3cret\nmore\nend"),
        ("{{#flag}}\nx\n{{/flag}}", ""), ("x {{#maybe}}\ny\n{{/maybe}} z", "x \ny\n z"),
        ("{{#words}}{{#words}}{{.}}{{/words}} {{/words}}", "ab ab "), ("ä{{listen}}€", "ä80€"),
    ]

    /// A template with everything in it.
    static let everything = """
        # {{kvmctl.instance}} {{kvmctl.role}} {{kvmctl.address}} {{kvmctl.revision}}
        listen {{listen}} {{pool.bytes}} {{wait.seconds}} {{mode}}
        {{#backends}}
          server {{name}} {{address}}{{#port}}:{{port}}{{/port}}{{^last}},{{/last}}
        {{/backends}}
        {{^words}}none{{/words}}{{#words}}{{.}} {{number}}{{/words}}
        {{! a comment }}
        {{#limits}}{{key}}={{value}} {{/limits}}
        {{#mode.primary}}primary{{/mode.primary}}{{#note}}{{note}}{{/note}}{{#maybe}}m{{/maybe}}
        {{token}}
        """
}

import Spec
import Testing
import YAML

/// A template that is wrong, and what is said about it.
struct TemplateCase: Sendable, CustomTestStringConvertible {
    let template: MarkedText
    let expected: String

    /// - Parameters:
    ///   - marked: the template, with `▸` before the place that the message must name.
    ///   - expected: the message, without place and severity.
    init(_ marked: String, _ expected: String) {
        template = MarkedText(marked)
        self.expected = expected
    }

    var testDescription: String { template.text }
}

enum TemplateCases {
    /// What is wrong whatever the inputs are.
    static let ofText = [
        TemplateCase(
            "▸{{#backends}}x", "the section \"backends\" is never closed; add {{/backends}}"),
        TemplateCase(
            "{{#a}}{{^b}}▸{{/a}}{{/b}}", "expected {{/b}}, found {{/a}} (it is opened here: roles/p/t:1:7)"),
        TemplateCase("x\n▸{{/a}}", "{{/a}} closes nothing; remove it, or open the section with {{#a}}"),
        TemplateCase("▸{{> part}}", "partials are not supported; write the text itself"),
        TemplateCase("▸{{=<% %>=}}", "other delimiters are not supported"),
        TemplateCase("a ▸{{listen", "{{ is never closed; add }}"),
        TemplateCase("a ▸{{listen\n}}", "{{ is never closed; add }}"),
        TemplateCase("ü ▸{{listen {{port}}", "{{ is never closed; add }}"),
        TemplateCase("a\n▸{{! never", "{{ is never closed; add }}"),
        TemplateCase("▸{{{listen}}}", "write {{listen}}: nothing is escaped here"),
        TemplateCase("▸{{& listen }}", "write {{listen}}: nothing is escaped here"),
        TemplateCase("▸{{}}", "a name is missing between {{ and }}"),
        TemplateCase(
            "▸{{a b}}", "\"a b\" is no name of a value; use letters, digits, - and _, with dots between"),
        TemplateCase(
            "▸{{ a..b }}", "\"a..b\" is no name of a value; use letters, digits, - and _, with dots between"),
        TemplateCase(
            String(repeating: "{{#a}}", count: 8) + "▸{{#a}}" + String(repeating: "{{/a}}", count: 9),
            "sections are nested more than 8 deep"),
        TemplateCase("ab\n▸\0", "the file contains a NUL byte here: it is not a text file"),
    ]

    /// What the inputs of `TemplateInputs` cannot give.
    static let ofNames = [
        TemplateCase("server ▸{{bakends}}", "there is no input \"bakends\"; did you mean \"backends\"?"),
        TemplateCase(
            "a ▸{{backends}}",
            "the input \"backends\" has the type members: use a section, {{#backends}}…{{/backends}}"),
        TemplateCase("▸{{words}}", "the input \"words\" has the type list: use a section, {{#words}}…{{/words}}"),
        TemplateCase(
            "{{#backends}}▸{{addres}}{{/backends}}", "a member has no \"addres\"; did you mean \"address\"?"),
        TemplateCase("{{#limits}}{{key}}▸{{vlue}}{{/limits}}", "there is no input \"vlue\"; did you mean \"value\"?"),
        TemplateCase("▸{{kvmctl.adress}}", "kvmctl has no \"adress\"; did you mean \"address\"?"),
        TemplateCase(
            "▸{{#kvmctl.role}}x{{/kvmctl.role}}",
            "kvmctl.role is always set; write {{kvmctl.role}} without a section"),
        TemplateCase(
            "▸{{note}}",
            "the input \"note\" may be unset; put it into {{#note}}…{{/note}}, or give the input a default"),
        TemplateCase(
            "{{^note}}▸{{note}}{{/note}}",
            "the input \"note\" may be unset; put it into {{#note}}…{{/note}}, or give the input a default"),
        TemplateCase(
            "▸{{mode.primary}}", "mode.primary is no value; write {{mode}}, or {{#mode.primary}}…{{/mode.primary}}"),
        TemplateCase(
            "▸{{#mode.primry}}x{{/mode.primry}}",
            "the input \"mode\" has the type choice, and no \"primry\"; did you mean \"primary\"?"),
        TemplateCase(
            "▸{{#mode}}x{{/mode}}", "the input \"mode\" is always set; write for example {{#mode.primary}}"),
        TemplateCase(
            "▸{{#listen}}x{{/listen}}", "the input \"listen\" is always set; write {{listen}} without a section"),
        TemplateCase(
            "▸{{pool.mib}}", "the input \"pool\" has the type size, and no \"mib\"; did you mean \"MiB\"?"),
        TemplateCase("▸{{listen.bytes}}", "the input \"listen\" has the type port, and no \"bytes\""),
        TemplateCase("▸{{.}}", "{{.}} is the item of a list, and no section of a list is open here"),
        TemplateCase(
            "{{#backends}}▸{{.}}{{/backends}}",
            "{{.}} is the item of a list, and no section of a list is open here"),
    ]
}

/// The inputs that the templates of these tests may name.
enum TemplateInputs {
    static let declarations: [InputDeclaration] = [
        declaration("listen", .port, isRequired: true), declaration("backends", .members, isRequired: true),
        declaration("words", .list(.text)), declaration("limits", .map(.integer(0...10))),
        declaration("note", .text), declaration("flag", .boolean, isRequired: true), declaration("maybe", .boolean),
        declaration("mode", .choice(["primary", "replica"]), isRequired: true),
        declaration("kind", .choice(["a", "b"])),
        declaration("pool", .size, isRequired: true), declaration("wait", .duration, isRequired: true),
        declaration("token", .secret, isRequired: true),
    ]

    private static func declaration(_ name: String, _ type: InputType, isRequired: Bool = false) -> InputDeclaration {
        InputDeclaration(
            name: name, type: type, isRequired: isRequired, position: Position(file: "role.yaml", line: 1, column: 1))
    }
}

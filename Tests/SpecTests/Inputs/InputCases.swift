import Spec
import Testing

/// What is written below `roles: {r: …` of an instance, and what is said about it.
struct InputCase: Sendable, CustomTestStringConvertible {
    let name: String
    let role: String
    let expected: String

    /// - Parameters:
    ///   - role: the role, with `▸` before the place that the message must name.
    ///   - expected: the message, without place and severity.
    init(_ role: String, _ expected: String) {
        name = role
        self.role = role
        self.expected = expected
    }

    var testDescription: String { name }

    /// A role of the kind `p` with what it needs, and something more.
    static func p(_ more: String, _ expected: String) -> InputCase {
        InputCase("{p: {listen: 80, backends: {members: web, network: back}, \(more)}}", expected)
    }
}

enum InputCases {
    static let all: [InputCase] = [
        InputCase(
            "{▸load-balncer: {}}", "unknown key \"load-balncer\" in a role; did you mean \"load-balancer\"?"),
        InputCase(
            "{p: ▸{listen: 80}}",
            "roles.r.p: backends is missing; expected {members: GROUP, network: NAME} or a list of members"),
        InputCase(
            "{p: {▸lisen: 80, backends: {members: web, network: back}}}",
            "unknown key \"lisen\" in a p role; did you mean \"listen\"?"),
        InputCase(
            "{p: {listen: ▸eighty, backends: {members: web, network: back}}}",
            "roles.r.p.listen: expected a port from 1 to 65535, found \"eighty\""),
        .p(
            "token: ▸s3cret",
            "roles.r.p.token: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH}, {command: [PROGRAM, …]} or {output: …}"
        ),
        .p(
            "tokens: ▸s3cret",
            "roles.r.p.tokens: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH}, {command: [PROGRAM, …]} or {output: …}"
        ),
        .p(
            "users: {ann: ▸s3cret}",
            "roles.r.p.users.ann: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH}, {command: [PROGRAM, …]} or {output: …}"
        ),
        .p(
            "note: {▸members: web, output: a.roles.b.c}",
            "roles.r.p.note: expected exactly one of members, address and output"),
        .p(
            "note: {output: ▸manager.token}",
            "roles.r.p.note.output: expected INSTANCE.roles.ROLE.OUTPUT, found \"manager.token\""),
        .p(
            "note: {▸outptu: a.roles.b.c}",
            "unknown key \"outptu\" in a reference to an output; did you mean \"output\"?"),
        .p(
            "note: ▸{address: web, network: back}",
            "roles.r.p.note: only an input of the type address takes {address: …}"),
        .p(
            "server: ▸{members: web, network: back}",
            "roles.r.p.server: only an input of the type members takes {members: …}"),
        .p("server: ▸{address: web}", "roles.r.p.server: network is missing; expected a name"),
        .p(
            "server: {address: self, network: back, ▸prot: 80}",
            "unknown key \"prot\" in a reference to an address; known keys are address, network, wait"),
        .p("server: ▸10.0.0.300", "roles.r.p.server: expected an IPv4 address such as 10.0.0.5, found \"10.0.0.300\""),
        .p("mode: ▸c", "roles.r.p.mode: expected one of a, b, found \"c\""),
        .p(
            "clients: [10.0.0.0/24, ▸10.0.0.1/24]",
            "roles.r.p.clients.2: 10.0.0.1/24 is an address in a network, not the network itself; write 10.0.0.0/24"),
        .p(
            "clients: [▸10.0.0.1]",
            "roles.r.p.clients.1: expected a network such as 10.0.0.0/24, found \"10.0.0.1\"; write 10.0.0.1/32 for it alone"
        ),
        .p(
            "clients: ▸10.0.0.0/24",
            "roles.r.p.clients: expected a list of networks, found \"10.0.0.0/24\"; write [10.0.0.0/24]"),
        .p("limits: {a: ▸6}", "roles.r.p.limits.a: expected a whole number from -5 to 5, found the number 6"),
        .p("folder: ▸srv", "roles.r.p.folder: expected an absolute path in the guest, found \"srv\""),
        .p(
            "folder: ▸/srv/../x",
            "roles.r.p.folder: \"/srv/../x\" is not a normalized path; write it without //, . and .. and without a / at its end"
        ),
        .p("page: ▸ftp://a", "roles.r.p.page: expected an address such as https://example.org/x, found \"ftp://a\""),
        .p(
            "page: ▸https://me:s3cret@a/x",
            "roles.r.p.page: an address with a login would stand in plans; give the password as an input of the type secret"
        ),
        .p(
            "size: ▸512",
            "roles.r.p.size: expected a size such as 512MiB, found the number 512; add a unit, such as MiB or GiB"),
        .p("isOn: ▸yes", "roles.r.p.isOn: expected true or false, found \"yes\"; write true"),
        InputCase(
            "{p: {listen: 80, backends: ▸web}}",
            "roles.r.p.backends: expected {members: GROUP, network: NAME} or a list of members, found \"web\"; write {members: web, network: NAME}"
        ),
        InputCase(
            "{p: {listen: 80, backends: [▸{name: a}]}}",
            "roles.r.p.backends: address is missing; expected an IPv4 address such as 10.0.0.5"),
        InputCase(
            "{p: {listen: 80, backends: ▸[{name: a, address: 10.0.0.1}, {name: a, address: 10.0.0.2}]}}",
            "roles.r.p.backends: the member a is named twice; remove one of them"),
        InputCase(
            "{p: {listen: 80, backends: {▸membrs: web, network: back}}}",
            "unknown key \"membrs\" in a reference to members; did you mean \"members\"?"),
        InputCase(
            "{p: {listen: 80, backends: ▸{output: a.roles.b.c}}}",
            "roles.r.p.backends: no input of the type members takes {output: …}"),
    ]
}

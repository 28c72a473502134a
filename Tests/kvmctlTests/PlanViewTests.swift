import Formats
import Foundation
import Reconciler
import Roles
import Spec
import Testing
import YAML

@testable import kvmctl

struct PlanViewTests {
    /// A plan with everything that a plan can say.
    static func everything() throws -> Plan {
        var plan = Plan(cluster: try Samples.cluster())
        plan.changes = [
            Change(
                .delete, try Samples.object(.instance, "old", on: "kvm1"), reason: "no longer in the spec",
                details: ["its data disk is kept"]),
            Change(
                .replace, try Samples.object(.instance, "db", on: "kvm2"), reason: "another image",
                fields: [
                    FieldChange(
                        path: "image", old: "debian-11", new: "debian-12", effect: .replace, origin: .edit,
                        position: Samples.place(12, 5))
                ]),
            Change(
                .create, try Samples.object(.network, "front", on: "kvm1"), reason: "web-1 needs it there"),
            Change(
                .create, try Samples.object(.instance, "web-1", on: "kvm1"), reason: "most room: 0.82, kvm2 0.61",
                details: ["address 192.168.222.17 in front"]),
            Change(
                .update, try Samples.object(.instance, "cache", on: "kvm1"), reason: "the spec says otherwise",
                fields: [
                    FieldChange(path: "memory", old: "1GiB", new: "2GiB", effect: .reboot, origin: .edit),
                    FieldChange(path: "autostart", old: "off", new: "on", effect: .live, origin: .drift),
                    FieldChange(path: "vcpus", old: nil, new: "2", effect: .nextBoot, origin: .edit),
                ]),
            Change(.migrate, try Samples.object(.instance, "web-2", on: "kvm2"), reason: "pinned to kvm2"),
            Change(.start, try Samples.object(.instance, "web-3", on: "kvm2"), reason: "it is off, the spec says on"),
            Change(.stop, try Samples.object(.instance, "web-4", on: "kvm2"), reason: "it is on, the spec says off"),
            Change(
                .update, try Samples.object(.instance, "web-5", on: "kvm2"), reason: "the spec says otherwise",
                fields: [
                    FieldChange(
                        path: "memory", old: "1GiB", new: "2GiB", effect: .reboot, origin: .edit,
                        position: Samples.place(30, 7))
                ], blocked: "memory of an existing instance"),
        ]
        plan.refusals = [
            Plan.Refusal(
                try Samples.object(.instance, "web-9", on: "kvm2"), reason: "demo.web-9 has no mark of kvmctl",
                remedy: "rename it or remove it", position: Samples.place(40, 3)),
            Plan.Refusal(
                try Samples.object(.node, "kvm3"), reason: "it left the spec and holds web-7",
                remedy: "set state: maintenance or lost", stopsEverything: true),
        ]
        plan.unreachableNodes = [
            Plan.UnreachableEntry(
                node: try Samples.name("kvm4"),
                cause: Unreachable(cause: .timeout, summary: "no answer within 10 s", remedy: "look whether it is on"),
                held: [try Samples.name("web-6"), try Samples.name("web-7")]),
            Plan.UnreachableEntry(
                node: try Samples.name("kvm5"),
                cause: Unreachable(cause: .refused, summary: "connection refused", remedy: "start sshd"), held: []),
        ]
        plan.notices = [.init("demo.web-8.root.qcow2 on kvm1 looks like ours, but nothing uses it", about: [])]
        plan.steps = [try Samples.define("front", on: "kvm1"), try Samples.start("web-3", on: "kvm2")]
        return plan
    }

    static func text(_ plan: Plan, _ format: PlanFormat = .text, style: Style = .plain) throws -> String {
        PlanView(plan, parts: [try Samples.name("main")]).render(format, style: style)
    }

    @Test("every action, refusal, silence, blocked change and note has its place in the text")
    func golden() throws {
        let expected = """
            Cluster demo, part main

              - delete   instance/old    kvm1  no longer in the spec
                         its data disk is kept
              ± replace  instance/db     kvm2  another image
                         image  debian-11 → debian-12  replace  edit  web.yaml:12:5
              + create   network/front   kvm1  web-1 needs it there
              + create   instance/web-1  kvm1  most room: 0.82, kvm2 0.61
                         address 192.168.222.17 in front
              ~ update   instance/cache  kvm1  the spec says otherwise
                         memory     1GiB → 2GiB  reboot     edit
                         autostart  off → on     live       drift
                         vcpus      (none) → 2   next boot  edit
              → migrate  instance/web-2  kvm2  pinned to kvm2
              ▲ start    instance/web-3  kvm2  it is off, the spec says on
              ▼ stop     instance/web-4  kvm2  it is on, the spec says off

            Cannot be changed yet

              ~ update   instance/web-5  kvm2  the spec says otherwise
                         memory  1GiB → 2GiB  reboot  edit  web.yaml:30:7
                         cannot be changed yet: memory of an existing instance

            Refused

              ! instance/web-9 on kvm2: demo.web-9 has no mark of kvmctl
                  rename it or remove it
                  web.yaml:40:3
              ! node/kvm3: it left the spec and holds web-7
                  set state: maintenance or lost
                  nothing else is done until this is resolved

            Unreachable

              ? node/kvm4: no answer within 10 s
                  look whether it is on
                  may be running web-6, web-7: not recreated elsewhere
              ? node/kvm5: connection refused
                  start sshd
                  no instance is known to run there

            Notes

              · demo.web-8.root.qcow2 on kvm1 looks like ours, but nothing uses it

            Plan: 2 create, 1 update, 1 migrate, 1 replace, 1 start, 1 stop, 1 delete; 1 cannot be changed yet; 2 refused; kvm4, kvm5 unknown

            """
        #expect(try Self.text(Self.everything()) == expected)
    }

    @Test("refusals that share everything but their object are one entry for people, and each its own for programs")
    func sharedRefusals() throws {
        var plan = Plan(cluster: try Samples.cluster())
        plan.refusals = try (["db"] + (9...20).map { "m-\($0)" } + ["m-22"]).map { name in
            Plan.Refusal(
                try Samples.object(.instance, name), reason: name == "db" ? "no" : "hv1 has 0 of 8 vCPUs free",
                remedy: "add a node", position: Position(file: "web.yaml", line: name == "m-22" ? 9 : 7, column: 3))
        }
        let expected = """
            Refused

              ! instance/db: no
                  add a node
                  web.yaml:7:3
              ! m-9 … m-20, m-22 (13 instances): hv1 has 0 of 8 vCPUs free
                  add a node
                  web.yaml:7:3
                  web.yaml:9:3

            Nothing to do now; 14 refused

            """
        #expect(try Self.text(plan) == expected)
        #expect(try Self.text(plan, .markdown).contains("- m-9 … m-20, m-22 (13 instances): hv1 has 0 of 8 vCPUs free"))
        #expect(try Self.text(plan, .json).components(separatedBy: "hv1 has 0 of 8").count == 14)
    }

    @Test("refusals of one cause are one entry for people, whatever each asks for")
    func sharedCauses() throws {
        var plan = Plan(cluster: try Samples.cluster())
        plan.refusals = try (1...4).map { number in
            var refusal = Plan.Refusal(
                try Samples.object(.instance, "m-\(number)"), reason: "0 of 8 vCPUs free, \(number) needed",
                remedy: "add a node")
            refusal.cause = "0 of 8 vCPUs free"
            return refusal
        }
        let shown = "m-1 … m-4 (4 instances): 0 of 8 vCPUs free\n"
        #expect(try Self.text(plan).contains(shown))
        #expect(try Self.text(plan, .json).contains("0 of 8 vCPUs free, 3 needed"))
        plan.refusals.removeLast(3)
        #expect(try Self.text(plan).contains("instance/m-1: 0 of 8 vCPUs free, 1 needed\n"))
    }

    @Test(
        "names that count up are drawn together, and no others",
        arguments: [
            (["a"], "a"), (["m-2", "m-1"], "m-1, m-2"), (["m-10", "m-9", "m-11"], "m-9 … m-11"),
            (["m-1", "m-3", "m-5"], "m-1, m-3, m-5"), (["m-01", "m-02", "m-03"], "m-01, m-02, m-03"),
            (["z", "m-1", "n-2", "n-3", "n-4"], "m-1, n-2 … n-4, z"), (["1", "2", "3"], "1 … 3"),
            (["a", "b", "c", "d", "e", "f", "g", "h", "i", "m-1", "m-2"], "a, b, c, d, e, f, g, h and 3 more"),
        ])
    func nameRuns(_ names: [String], _ text: String) {
        #expect(NameRuns(names).text == text)
    }

    @Test("an empty plan says so in one line")
    func empty() throws {
        #expect(try Self.text(Plan(cluster: Samples.cluster())) == "Nothing to do.\n")
    }

    @Test(
        "the last line counts",
        arguments: [
            (["create", "create", "delete"], 0, "Plan: 2 create, 1 delete"),
            (["start"], 1, "Plan: 1 start; 1 cannot be changed yet"),
            ([], 2, "Nothing to do now; 2 cannot be changed yet"),
        ])
    func summary(actions: [String], blocked: Int, expected: String) throws {
        var plan = Plan(cluster: try Samples.cluster())
        for (index, action) in actions.enumerated() {
            let action = try #require(Action(rawValue: action))
            plan.changes.append(Change(action, try Samples.object(.instance, "a\(index)", on: "kvm1"), reason: "r"))
        }
        for index in 0..<blocked {
            plan.changes.append(
                Change(.update, try Samples.object(.instance, "b\(index)", on: "kvm1"), reason: "r", blocked: "why"))
        }
        #expect(PlanSummary(plan).sentence == expected)
    }

    @Test("an escape sequence from a node cannot reach the terminal, in any format", arguments: PlanFormat.allCases)
    func hostileText(format: PlanFormat) throws {
        var plan = Plan(cluster: try Samples.cluster())
        let evil = "x\u{1b}[2J\u{202e}\r\nPlan: 0"
        plan.changes = [
            Change(
                .create, try Samples.object(.instance, evil), reason: evil,
                fields: [FieldChange(path: evil, old: evil, new: evil, effect: .live, origin: .drift)], details: [evil],
                blocked: evil)
        ]
        plan.refusals = [Plan.Refusal(try Samples.object(.instance, evil), reason: evil, remedy: evil)]
        plan.unreachableNodes = [
            Plan.UnreachableEntry(
                node: try Samples.name("kvm1"), cause: Unreachable(cause: .other, summary: evil, remedy: evil), held: []
            )
        ]
        plan.notices = [.init(evil, about: [])]
        let text = try Self.text(plan, format)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isUnprintable })
        #expect(!text.contains("\nPlan: 0"))
    }

    @Test(
        "a node that does not answer is named once, whether or not its host has the same name", arguments: ["", "n1: "])
    func namedOnce(prefix: String) throws {
        let node = try Samples.name("n1")
        let cause = Unreachable(cause: .refused, summary: "\(prefix)connection refused", remedy: "start sshd")
        var plan = Plan(cluster: try Samples.cluster())
        plan.unreachableNodes = [Plan.UnreachableEntry(node: node, cause: cause, held: [])]
        #expect(try Self.text(plan).contains("  ? node/n1: connection refused\n"))
        #expect(try Self.text(plan, .markdown).contains("n1: connection refused. start sshd"))
        #expect(try !Self.text(plan, .markdown).contains("n1: n1"))
        let spec = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2}}
            images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
            instances: {web: {image: debian, vcpus: 1, memory: 1GiB, disk: 2GiB}}
            """
        let cluster = try #require(
            SpecLoader.load(sources: [SpecSource(file: "c.yaml", text: spec)], roles: Roles.languages).cluster)
        var other = ObservedNode(
            name: try Samples.name("n2"), machine: "m", vcpus: 8, memory: .gibibytes(16), hasKVM: true)
        let entry = Roster.Entry(
            node: node, part: .main, uuid: Samples.uuid("web"), macs: [], addresses: [], volumes: [:])
        other.roster = Roster(
            cluster: ClusterIdentity(cluster), generation: 1, nodes: [:], instances: [try Samples.name("web"): entry],
            keptDisks: [])
        let fleet = ObservedFleet(nodes: [node: .unknown(cause), other.name: .answered(other)])
        #expect(
            FleetHealth(cluster, fleet).health(of: try Samples.name("web")).reason
                == "n1 does not answer: connection refused")
    }

    @Test("without colours the text is the same as with them")
    func colours() throws {
        let painted = try Self.text(Self.everything(), style: Style(hasColour: true, width: nil))
        #expect(painted.contains("\u{1b}[31m- delete"))
        let bare = painted.replacing(#/\u{1b}\[[0-9]+m/#, with: "")
        #expect(try bare == Self.text(Self.everything()))
    }

    @Test("no line is wider than the terminal", arguments: [60, 80, 100])
    func width(columns: Int) throws {
        let text = try Self.text(Self.everything(), style: Style(hasColour: false, width: columns))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= columns })
    }

    @Test("the JSON document has its version and what every change is")
    func json() throws {
        let data = Data(try Self.text(Self.everything(), .json).utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["formatVersion"] as? Int == 2)
        let changes = try #require(document["changes"] as? [[String: Any]])
        #expect(
            changes.map { $0["action"] as? String } == [
                "delete", "replace", "create", "create", "update", "migrate", "start", "stop", "update",
            ])
        let field = try #require((changes[1]["fields"] as? [[String: Any]])?.first)
        #expect(field["effect"] as? String == "replace")
        #expect((field["position"] as? [String: Any])?["line"] as? Int == 12)
        #expect(changes[8]["blocked"] as? String == "memory of an existing instance")
        let summary = try #require(document["summary"] as? [String: Any])
        #expect(summary["deletions"] as? Int == 2)
        #expect(summary["unknownNodes"] as? [String] == ["kvm4", "kvm5"])
        #expect(
            (document["unreachableNodes"] as? [[String: Any]])?.first?["mayHold"] as? [String] == ["web-6", "web-7"])
        #expect((document["steps"] as? [[String: Any]])?.first?["operation"] as? String == "startNetwork")
    }

    @Test("Markdown is a table whose cells cannot break it")
    func markdown() throws {
        var plan = Plan(cluster: try Samples.cluster())
        plan.changes = [
            Change(.create, try Samples.object(.instance, "web-1", on: "kvm1"), reason: "a | b <c> `d`", details: ["e"])
        ]
        #expect(
            try Self.text(plan, .markdown) == """
                ### demo: Plan: 1 create

                | | object | node | reason |
                |---|---|---|---|
                | + create | instance/web-1 | kvm1 | a \\| b &lt;c&gt; \\`d\\`<br>e |

                """)
    }
}

import Fleet
import Reconciler
import Spec
import TestNames
import TestTools
import Testing

@Suite("The roster's file")
struct RosterTests {
    static let roster = Roster(
        cluster: ClusterIdentity(name: name("demo"), id: "a \"b\" / ü"), generation: 7,
        nodes: [name("kvm2"): .init(machine: nil), name("kvm1"): .init(machine: "0a1b")],
        instances: [
            name("web-1"): .init(
                node: name("kvm1"), part: name("main"), uuid: Samples.typical.uuid,
                macs: [Samples.mac("52:54:00:12:34:56")], addresses: [Samples.address("192.168.222.10")],
                volumes: ["root": "/data/demo.web-1.root.qcow2", "data": "/data/demo.web-1.data.qcow2"])
        ],
        keptDisks: [
            .init(
                instance: name("db"), disk: name("data"), part: name("main"),
                node: name("kvm2"), path: "/data/demo.db.data.qcow2")
        ])

    @Test("says the same when it is read, and is the same file each time")
    func roundTrip() throws {
        #expect(try Roster(json: Self.roster.json) == Self.roster)
        #expect(Self.roster.json == Self.roster.json)
    }

    @Test("tells of the marks in folders where there are any")
    func markedFolders() throws {
        var roster = Self.roster
        roster.nodes[name("kvm1")]?.markedFolders = ["/data", "/srv/vm"]
        #expect(try Roster(json: roster.json) == roster)
        #expect(!String(decoding: Self.roster.json, as: UTF8.self).contains("markedFolders"))
    }

    @Test("is written as reviewed")
    func golden() throws {
        try expectGolden(String(decoding: Self.roster.json, as: UTF8.self), "roster.json")
    }

    @Test("keeps what an older or newer version of kvmctl wrote beside what this one knows")
    func unknownKeys() throws {
        let text = #"""
            {"formatVersion": 1, "weather": ["rain"], "cluster": {"name": "demo", "colour": 1}, "generation": 3,
             "nodes": {"kvm1": {"rack": "a"}}, "instances": {}, "keptDisks": []}
            """#
        let roster = try Roster(json: Array(text.utf8))
        #expect(roster.generation == 3)
        #expect(roster.nodes == [name("kvm1"): .init(machine: nil)])
    }

    @Test(
        "says what is wrong with a damaged file",
        arguments: [
            ("", "the roster is damaged: it is not JSON"),
            ("{\"formatVersion\": 1", "the roster is damaged: it is not JSON"),
            ("[]", "the roster is damaged: its outermost value has an unexpected type"),
            ("{}", "the roster is damaged: formatVersion is missing"),
            (
                "{\"formatVersion\": 2}",
                "the roster has format 2, which this version of kvmctl cannot read; use a newer one"
            ),
            ("{\"formatVersion\": 1}", "the roster is damaged: cluster is missing"),
            (
                #"{"formatVersion": 1, "cluster": {"name": "d"}, "generation": 1, "nodes": {"A\u0001": {}}, "instances": {}, "keptDisks": []}"#,
                #"the roster is damaged: A\u{1} at nodes is not a valid name"#
            ),
            (
                #"{"formatVersion": 1, "cluster": {"name": "d"}, "generation": 1, "nodes": {}, "instances": {"a": {}}, "keptDisks": []}"#,
                "the roster is damaged: instances.a.node is missing"
            ),
        ])
    func damaged(text: String, message: String) {
        let error = #expect(throws: RosterError.self) { try Roster(json: Array(text.utf8)) }
        #expect(error?.description == message)
    }
}

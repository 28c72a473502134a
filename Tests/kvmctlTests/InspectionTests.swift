import Formats
import Foundation
import Reconciler
import Spec
import Testing
import YAML

@testable import kvmctl

/// What `get domains`, `describe` and `snapshot list` show.
struct InspectionTests {
    private func fleet() throws -> ObservedFleet {
        var fleet = try ListingTests.fleet()
        let kvm1 = try Samples.name("kvm1")
        guard case .answered(var node) = fleet.nodes[kvm1] else { return fleet }
        let other = ClusterIdentity(name: try Samples.name("other"))
        var neighbour = try ListingTests.domain("mail", .shutOff, ready: true)
        neighbour.name = "other.mail"
        neighbour.mark?.cluster = other
        var copy = try ListingTests.domain("web-1", .shutOff, ready: true)
        copy.name = "demo.web-1-copy"
        copy.uuid = Samples.uuid("copy")
        copy.mark = nil
        copy.markProblem = "its mark was copied"
        node.domains += [neighbour, copy]
        node.domains[0].snapshots = [.init(name: "s1", hasMemory: true, isExternal: false, madeAt: 0)]
        fleet.nodes[kvm1] = .answered(node)
        return fleet
    }

    @Test("domains: whose each one is, and why it is not ours")
    func domains() throws {
        #expect(
            try Listing.domains(ListingTests.cluster(), fleet(), isWhole: true).render(.table, style: .plain) == """
                NODE   DOMAIN            POWER   OWNER           PART   INSTANCE   REASON
                kvm1   demo.web-1        on      this cluster    main   web-1      -
                kvm1   demo.web-1-copy   off     look-alike      -      -          its mark was copied
                kvm1   other.mail        off     cluster other   main   mail       -
                kvm1   x                 on      foreign         -      -          it has no mark

                """)
        let own = try Listing.domains(ListingTests.cluster(), fleet(), isWhole: false)
        #expect(own.render(.name, style: .plain) == "kvm1/demo.web-1\nkvm1/demo.web-1-copy\n")
    }

    @Test("snapshots: what they hold and when they were taken")
    func snapshots() throws {
        #expect(
            try Listing.snapshots(ListingTests.cluster(), fleet(), of: nil).render(.table, style: .plain) == """
                INSTANCE   SNAPSHOT   TAKEN                  HOLDS           CURRENT   REVERTS
                web-1      s1         1970-01-01T00:00:00Z   disks, memory   -         yes

                """)
    }

    @Test("an instance is described with its health, devices, fields and what is to be done")
    func instance() throws {
        let (cluster, fleet) = (try ListingTests.cluster(), try fleet())
        let inputs = try ListingTests.inputs()
        let describer = Describer(
            cluster: cluster, inputs: inputs, fleet: fleet, plan: Planner.plan(cluster, inputs: inputs, fleet: fleet))
        let there = try #require(describer.instance(try Samples.name("web-1")))
        let text = there.page.text(in: .plain)
        for part in [
            "Health:", "Healthy", "demo.web-1", "s1", "LAST APPLIED", "It cannot be migrated", "kvmctl console web-1",
        ] {
            #expect(text.contains(part), "\(part) in:\n\(text)")
        }
        #expect(!there.isUnknown)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(there.value.json.utf8)) as? [String: Any])
        #expect(document["health"] as? String == "Healthy" && document["pending"] != nil)
        #expect(Document(reading: there.value.yaml, file: "y").errors.isEmpty)

        let unreachable = try #require(describer.instance(try Samples.name("web-2")))
        #expect(unreachable.isUnknown && unreachable.page.text(in: .plain).contains("Unknown"))
        let missing = try #require(describer.instance(try Samples.name("web-3")))
        #expect(missing.page.text(in: .plain).contains("Missing"))
        #expect(describer.instance(try Samples.name("nobody")) == nil)
        #expect(describer.network(try Samples.name("front"))?.page.text(in: .plain).contains("192.168.9.0/24") == true)
        #expect(describer.node(try Samples.name("kvm2"))?.isUnknown == true)
        #expect(describer.node(try Samples.name("kvm1"))?.page.text(in: .plain).contains("foreign") == true)
    }

    @Test("a disk that is there already is described by its name, and one that nobody gave as foreign")
    func givenDisks() throws {
        let cluster = try ListingTests.cluster()
        var fleet = try fleet()
        let inputs = try ListingTests.inputs()
        let node = try Samples.name("kvm1")
        guard case .answered(var seen)? = fleet.nodes[node] else {
            Issue.record("kvm1 has no answer")
            return
        }
        for index in seen.domains.indices {
            var given = ObservedDomain.Disk(name: nil, path: "/dev/disk/by-id/lun-7")
            given.given = "ledger"
            seen.domains[index].disks += [given, .init(name: nil, path: "/srv/stray.raw")]
        }
        fleet.nodes[node] = .answered(seen)
        let describer = Describer(
            cluster: cluster, inputs: inputs, fleet: fleet, plan: Planner.plan(cluster, inputs: inputs, fleet: fleet))
        let text = try #require(describer.instance(try Samples.name("web-1"))).page.text(in: .plain)
        let lines = text.split(separator: "\n")
        #expect(lines.contains { $0.contains("ledger (given)") && $0.contains("/dev/disk/by-id/lun-7") }, "\(text)")
        #expect(lines.contains { $0.contains("(foreign)") && $0.contains("/srv/stray.raw") }, "\(text)")
    }

    @Test("an instance is described with the notices about it, whatever words those about others have")
    func notices() throws {
        let (cluster, fleet) = (try ListingTests.cluster(), try fleet())
        let inputs = try ListingTests.inputs()
        var plan = Planner.plan(cluster, inputs: inputs, fleet: fleet)
        let mine = "somebody put a file on top of its root disk"
        plan.notices = [
            .init(mine, about: [.instance(try Samples.name("web-1"), on: try Samples.name("kvm1"))]),
            .init("domain web-1 on kvm1 is left alone", about: [.node(try Samples.name("kvm1"))]),
        ]
        let describer = Describer(cluster: cluster, inputs: inputs, fleet: fleet, plan: plan)
        let document = try #require(describer.instance(try Samples.name("web-1"))?.value.json)
        let read = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
        #expect(read?["notices"] as? [String] == [mine])
    }
}

import Formats
import Foundation
import Reconciler
import Spec
import Testing
import YAML

@testable import Roles
@testable import kvmctl

/// Roles in lists, in what is described, and in the health of instances.
struct RoleListingTests {
    private static func cluster() throws -> Cluster {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
            images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
            networks: {back: {mode: nat, cidr: 192.168.9.0/24}}
            profiles: {base: {image: debian, vcpus: 1, memory: 1GiB, disk: 2GiB, networks: [back]}}
            instances:
              web:
                profiles: [base]
                count: 3
                labels: {tier: web}
                roles: {http: {static-web: {}}, motd: {files: {/etc/motd: {content: hello}}}}
              lb: {profiles: [base], roles: {lb: {load-balancer: {backends: {members: web, network: back}}}}}
              new: {profiles: [base], roles: {http: {static-web: {}}}}
            """
        let result = SpecLoader.load(sources: [SpecSource(file: "c.yaml", text: text)], roles: Roles.languages)
        return try #require(result.cluster, "\(result.diagnostics)")
    }

    private static func package(_ name: String, outputs: [String: String] = [:]) throws -> ObservedPackage {
        var seen = ObservedPackage()
        seen.package = try Samples.name(name)
        (seen.attempt, seen.highest, seen.since) = (1, 1, 1_700_000_000)
        seen.outputs = outputs.mapValues { .plain($0) }
        return seen
    }

    /// web-1 is well, web-2 has a service that failed, web-3 cannot be asked, lb has an old role; new is nowhere.
    private static func fleet() throws -> ObservedFleet {
        let cluster = try cluster()
        var domains = try ["web-1", "web-2", "web-3", "lb"].map {
            try ListingTests.domain($0, .running, ready: true)
        }
        let (http, motd) = (try Samples.name("http"), try Samples.name("motd"))
        let wanted = try #require(
            cluster.instances[try Samples.name("web-1")]?.roles[http]?.value(of: Packages.self))
        var good = try package("static-web", outputs: ["port": "80"])
        good.digest = PackageDigest.package(wanted.package.bytes)
        good.inputs = PackageInputs(wanted, [:]).text
        good.services["kvmctl-static-web.service"] = .init(active: "active", enabled: "enabled")
        var bad = good
        bad.services["kvmctl-static-web.service"] = .init(active: "failed", enabled: "enabled")
        bad.outputs["evil"] = .plain("\u{1b}[31mred")
        var files = ObservedFiles()
        files.files["/etc/motd"] = ObservedFile(
            placed: .sha256(String(repeating: "a", count: 64)), kind: .nothing)
        domains[0].roles[Packages.self] = .known([http: good])
        domains[0].roles[Files.self] = .known([motd: files])
        domains[1].roles[Packages.self] = .known([http: bad])
        domains[1].roles[Files.self] = .known([:])
        domains[2].roles[Packages.self] = .unknown("its guest agent does not answer")
        domains[2].roles[Files.self] = .unknown("its guest agent does not answer")
        domains[3].roles[Packages.self] = .known([
            try Samples.name("lb"): try package("load-balancer"), try Samples.name("old"): try package("waf"),
        ])
        var node = ObservedNode(
            name: try Samples.name("kvm1"), machine: "m", vcpus: 8, memory: .gibibytes(16), hasKVM: true,
            domains: domains)
        node.roster = Roster(
            cluster: try Samples.cluster(), generation: 1, nodes: [:], instances: [:], keptDisks: [])
        return ObservedFleet(nodes: [
            node.name: .answered(node),
            try Samples.name("kvm2"): .unknown(Unreachable(cause: .timeout, summary: "no answer", remedy: "wait")),
        ])
    }

    @Test("roles are listed with package, state, health and what they give, also those that left the spec")
    func table() throws {
        let listing = Listing.roles(try Self.cluster(), try Self.fleet())
        let table = listing.render(.wide, style: .plain)
        #expect(table == Self.table, "\(table)")
        let missing = "Missing: it is not applied yet; apply does that"
        #expect(
            listing.rows.map { "\($0.name) \($0.cells[3].text), \($0.cells[4].text)" } == [
                "lb/lb outdated, Healthy", "lb/old left over, Progressing: it is not in the spec; apply removes it",
                "new/http not applied, Missing: it exists on no node; apply creates it",
                "web-1/http applied, Healthy", "web-1/motd drifted, Healthy",
                "web-2/http drifted, Degraded: kvmctl-static-web.service is failed",
                "web-2/motd not applied, \(missing)",
                "web-3/http unknown, Unknown: its guest agent does not answer",
                "web-3/motd unknown, Unknown: its guest agent does not answer",
            ])
        let tier = Listing.roles(try Self.cluster(), try Self.fleet(), with: ["tier": "web"])
        #expect(tier.rows.count == 6 && tier.rows.allSatisfy { $0.name.hasPrefix("web-") })
    }

    private static let table = """
        INSTANCE   ROLE   PACKAGE         STATE         HEALTH                                                 SINCE                  OUTPUTS                      NODE
        lb         lb     load-balancer   outdated      Healthy                                                2023-11-14T22:13:20Z   -                            kvm1
        lb         old    waf             left over     Progressing: it is not in the spec; apply removes it   2023-11-14T22:13:20Z   -                            kvm1
        new        http   static-web      not applied   Missing: it exists on no node; apply creates it        -                      -                            -
        web-1      http   static-web      applied       Healthy                                                2023-11-14T22:13:20Z   port=80                      kvm1
        web-1      motd   files           drifted       Healthy                                                -                      -                            kvm1
        web-2      http   static-web      drifted       Degraded: kvmctl-static-web.service is failed          2023-11-14T22:13:20Z   evil=\\u{1b}[31mred,port=80   kvm1
        web-2      motd   files           not applied   Missing: it is not applied yet; apply does that        -                      -                            kvm1
        web-3      http   static-web      unknown       Unknown: its guest agent does not answer               -                      -                            kvm1
        web-3      motd   files           unknown       Unknown: its guest agent does not answer               -                      -                            kvm1

        """

    @Test("JSON and YAML say the same")
    func structured() throws {
        let listing = Listing.roles(try Self.cluster(), try Self.fleet())
        let json = Data(listing.render(.json, style: .plain).utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(document["kind"] as? String == "roles")
        let items = try #require(document["items"] as? [[String: Any]])
        let role = try #require(items.first { $0["instance"] as? String == "web-2" })
        #expect(role["health"] as? String == "Degraded" && role["state"] as? String == "drifted")
        #expect(role["healthReason"] as? String == "kvmctl-static-web.service is failed")
        #expect(role["since"] as? String == "2023-11-14T22:13:20Z" && role["package"] as? String == "static-web")
        #expect((role["outputs"] as? [String: String])?["port"] == "80")
        #expect(Document(reading: listing.render(.yaml, style: .plain), file: "y").errors.isEmpty)
    }

    @Test("the health of an instance includes its roles")
    func health() throws {
        let healths = FleetHealth(try Self.cluster(), try Self.fleet())
        func words(_ instance: String) throws -> String {
            let health = healths.health(of: try Samples.name(instance))
            return "\(health.status.rawValue) \(health.reason)"
        }
        #expect(try words("web-1") == "Healthy ")
        #expect(try words("web-2") == "Degraded http (static-web): kvmctl-static-web.service is failed")
        #expect(
            try words("web-3")
                == "Unknown http (static-web): its guest agent does not answer; motd (files): its guest agent does not answer"
        )
        #expect(try words("lb") == "Healthy ")
    }

    @Test("an instance is described with its roles")
    func described() throws {
        let (cluster, fleet) = (try Self.cluster(), try Self.fleet())
        let inputs = try ListingTests.inputs()
        let describer = Describer(
            cluster: cluster, inputs: inputs, fleet: fleet, plan: Planner.plan(cluster, inputs: inputs, fleet: fleet))
        let description = try #require(describer.instance(try Samples.name("web-2")))
        let text = description.page.text(in: .plain)
        #expect(text.contains("Roles\n") && text.contains("kvmctl-static-web.service is failed"), "\(text)")
        let value = Data(description.value.json.utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: value) as? [String: Any])
        #expect((document["roles"] as? [[String: Any]])?.map { $0["role"] as? String } == ["http", "motd"])
    }
}

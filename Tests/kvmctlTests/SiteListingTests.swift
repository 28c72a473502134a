import Reconciler
import Roles
import Spec
import Testing

@testable import kvmctl

struct SiteListingTests {
    @Test("sites are listed with what is served, what is missing, and what nobody could be asked")
    func sites() throws {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}}
            images: {debian: {source: "https://example.org/d.qcow2", checksum: "sha256:\(ListingTests.digest)"}}
            instances:
              web:
                image: debian
                vcpus: 1
                memory: 1GiB
                disk: 2GiB
                count: 4
                roles: {site: {git-web: {repo: "https://example.org/s.git"}}}
            """
        let cluster = try #require(
            SpecLoader.load(sources: [SpecSource(file: "c.yaml", text: text)], roles: Roles.languages).cluster)
        var domains = try ["web-1", "web-2", "web-3", "web-4"].map {
            try ListingTests.domain($0, .running, ready: true)
        }
        let served = ObservedSite(
            repo: "https://example.org/s.git", ref: "main", commit: String(repeating: "ab", count: 20),
            subject: "\u{1b}[31mred", path: ".", port: 80, since: 1_700_000_000, heldFrom: "c")
        domains[0].sites = .known([try Samples.name("site"): served])
        domains[1].sites = .known([:])
        domains[2].sites = .unknown("its guest agent does not answer")
        var bad = served
        bad.health = .bad("/ gives status 404")
        bad.firewall = "ufw"
        domains[3].sites = .known([try Samples.name("site"): bad])
        let node = ObservedNode(
            name: try Samples.name("kvm1"), machine: "m", vcpus: 8, memory: .gibibytes(16), hasKVM: true,
            domains: domains)
        let listing = Listing.sites(cluster, ObservedFleet(nodes: [node.name: .answered(node)]))
        let table = listing.render(.table, style: .plain)
        #expect(listing.rows.map(\.name) == ["web-1/site", "web-2/site", "web-3/site", "web-4/site"])
        #expect(table.contains("abababa") && table.contains("Healthy, rolled back"))
        #expect(table.contains("2023-11-14T22:13:20Z") && table.contains("http://192.168.9.10:80/"))
        #expect(table.contains("Missing") && table.contains("Unknown: its guest agent does not answer"))
        #expect(table.contains("Degraded: / gives status 404; ufw in the guest does not let port 80 through"))
        #expect(!table.contains("\u{1b}"))
    }
}

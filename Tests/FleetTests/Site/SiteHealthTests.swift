import Reconciler
import Spec
import TestNames
import Testing
import YAML

@testable import Fleet
@testable import Roles

@Suite("Asking websites how they are")
struct SiteHealthTests {
    private func observed(_ test: TestNode, _ address: IPv4Address, isTold: Bool) -> (ObservedNode, Cluster) {
        let role = name("site")
        let site = GitWebRole(repo: "https://example.org/site.git")
        var definition = test.instance("db")
        definition.mark.nics = definition.mark.nics.mapValues { .init(mac: $0.mac, address: nil) }
        var domain = ObservedDomain(
            uuid: definition.uuid, name: definition.name, power: .running, autostart: false, mark: definition.mark,
            vcpus: 1, memory: .gibibytes(1), seenAddresses: [address], fingerprint: "")
        domain.addressesAreTold = isTold
        domain.sites = .known([
            role: ObservedSite(
                repo: site.repo, ref: "main", commit: String(repeating: "a", count: 40), subject: "", path: ".",
                port: 1,
                since: 0, heldFrom: nil)
        ])
        let node = ObservedNode(
            name: test.node.node, machine: "m", vcpus: 1, memory: .gibibytes(1), hasKVM: false, domains: [domain])
        let place = Position(file: "-", line: 1, column: 1)
        var cluster = Cluster(name: Samples.cluster.name, parts: [.main])
        var instance = Instance(
            name: name("db"), part: .main, isManaged: true, position: place, vcpus: 1, memory: .gibibytes(1),
            disk: .gibibytes(1), pool: name("local"), image: name("debian"),
            ready: Readiness(when: .running))
        instance.roles[role] = Role(GitWeb.self, site)
        cluster.instances[instance.name] = instance
        return (node, cluster)
    }

    @Test(
        "A guest that names an address itself is asked inside: the node asks nobody for its sake",
        arguments: [true, false])
    func told(isTold: Bool) async throws {
        try await TestNode.with { (test: TestNode) async throws in
            // Nobody listens there; a node that asked would say so.
            let (node, cluster) = observed(test, IPv4Address(value: 0x7F00_0001), isTold: isTold)
            let asked = try #require(await SiteNode(context: test.node.context).askingSites(node, of: cluster))
            guard case .known(let sites)? = asked.domains[0].sites, case .bad(let why)? = sites.values.first?.health
            else {
                Issue.record("\(asked.domains[0].sites as Any)")
                return
            }
            #expect(why.contains("inside the guest") == isTold, "\(why)")
            #expect(node.domains[0].likelyAddresses.isEmpty == isTold)
        }
    }
}

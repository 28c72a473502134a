import Reconciler
import Spec
import TestNames
import Testing

/// Where a website is asked for that nobody gave an address.
@Suite("Addresses of websites") struct SiteAddressTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        networks: {lan: {mode: bridge, bridge: br0}}
        instances:
          web:
            image: debian
            vcpus: 1
            memory: 1GiB
            disk: 3GiB
            networks: [lan]
            roles: {site: {git-web: {repo: 'https://example.org/site.git', port: 8080}}}
        """

    @Test("An address that the node saw is asked, and one that only the guest names is not", arguments: [false, true])
    func told(isTold: Bool) async throws {
        let cluster = try cluster(Self.spec)
        let fleet = await FakeFleet.having(cluster)
        let address = IPv4Address(value: 0x0A4D_0001)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.seenAddresses = [address]
                nodes[name("kvm1")]?.domains[uuid]?.addressesAreTold = isTold
            }
        }
        fleet.push()
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        let steps = plan.steps.compactMap { step in
            if case .role(let site) = step.operation { site } else { nil }
        }
        #expect(
            !steps.isEmpty && steps.allSatisfy { $0.reach.address == (isTold ? nil : address) }, "\(planText(plan))")
    }
}

import Testing

extension EndToEnd {
    /// What counts as a sign of life.
    @Suite("Waiting for an address", .serialized) struct ReadinessTests {
        @Test("What the node heard of a guest before its start is no sign that it is up")
        func oldAnswers() async throws {
            let lab = try await Lab.up()
            let spec = """
                networks:
                  lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
                  street: {mode: bridge, bridge: br0, dhcp: external}
                instances:
                  stray: {profiles: [blank], networks: [street], node: kvm1, ready: {when: address, timeout: 3s}}
                  gone: {profiles: [blank], networks: [lan], node: kvm1, ready: {when: address, timeout: 3s}}
                """
            try await TestCluster.with(lab, "ready", spec) { cluster in
                let first = try await cluster.apply(expecting: 1)
                #expect(first.text.contains("does not answer"), "\(first)")
                #expect(first.text.contains("it has no known address"), "\(first)")
                let address = try #require(try await cluster.instances()["gone"]?.addresses.first)
                // The kernel of the node believes that the guest answered just now, as it does after a real one stopped.
                try await lab.onNode(
                    "kvm1",
                    """
                    set -e
                    mac=$(virsh -q domiflist ready.gone | awk '{ print $5 }')
                    ip neigh replace \(address) lladdr "$mac" nud reachable dev br0
                    virsh -q destroy ready.gone
                    mac=$(virsh -q domiflist ready.stray | awk '{ print $5 }')
                    ip neigh replace \(lab.subnet).78 lladdr "$mac" nud reachable dev br0
                    virsh -q destroy ready.stray
                    """
                ).expecting()
                let again = try await cluster.apply(expecting: 1)
                #expect(again.text.contains("\(address) does not answer"), "\(again)")
                #expect(again.text.contains("it has no known address"), "\(again)")
                let instances = try await cluster.instances()
                for name in ["gone", "stray"] { #expect(instances[name]?.status != "ready", "\(name)") }
            }
        }
    }
}

import Testing

extension EndToEnd {
    /// What people do with ip, nft and virsh to networks, firewalls, storage and hardware, and what kvmctl makes of it.
    @Suite("Drift of networks, firewalls and hardware", .serialized) struct DriftLongTests {
        private func spec(_ lab: Lab) -> String {
            """
            pools: {vm: {type: fs, device: /dev/edits-vm, format: ext4, path: /srv/edits-vm}}
            networks:
              back: {mode: vxlan, vni: 90, cidr: 10.90.0.0/24, gateway: 10.90.0.1}
              plain: {mode: vxlan, vni: 91, cidr: 10.91.0.0/24}
              lan:
                mode: bridge
                bridge: br0
                cidr: \(lab.subnet).0/24
                addresses: {from: "\(lab.subnet).190", to: "\(lab.subnet).199"}
                dhcp: none
              way: {mode: routed, cidr: 192.168.236.0/24}
            instances:
              held:
                profiles: [blank]
                networks: [back, plain, lan]
                node: kvm1
                firewall:
                  ingress: [{from: {members: far}, ports: [8080]}, {from: lan, protocol: icmp}]
                  egress: [{to: any, ports: [443]}]
              far: {profiles: [blank], networks: [back, plain], node: kvm2}
              box:
                profiles: [blank]
                networks: [way, lan]
                power: off
                node: kvm1
                memory: 128MiB
                hardware: {firmware: uefi, tpm: true, rng: true, graphics: vnc, cpu: host-model, machine: pc-q35-7.2}
                disks: {data: {size: 64MiB, bus: scsi, io: threads, discard: unmap, readonly: false, cache: none}}
              stored:
                {profiles: [blank], networks: [way], disks: {data: {size: 64MiB, pool: vm}}, power: off, node: kvm1}
            """
        }

        @Test("Each edit of what connects, filters, keeps and shows guests gets its verdict", .timeLimit(.minutes(30)))
        func table() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await DriftDevice("edits-vm", lab).with {
                try await TestCluster.with(lab, "edits", spec(lab)) { cluster in
                    try await cluster.apply()
                    try await cluster.expectConverged()
                    for example in DriftCase.links {
                        try await lab.onNode("kvm1", "PEER=\(lab.subnet).12; " + example.edit).expecting()
                        try await example.judge(cluster)
                        if !example.undo.isEmpty { try await lab.onNode("kvm1", example.undo).expecting() }
                        try await cluster.plan("--detailed-exitcode", expecting: 0)
                    }
                }
            }
            print("drift: \(DriftCase.links.count) edits in \(ContinuousClock.now - start)")
        }
    }
}

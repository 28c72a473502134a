import Testing

extension EndToEnd {
    /// What people do with virsh, and what kvmctl makes of it.
    @Suite("Drift", .serialized) struct DriftTests {
        private static let spec = """
            pools: {vm: {type: fs, device: /dev/drift-vm, format: ext4, path: /srv/drift-vm}}
            networks:
              front: {mode: nat, cidr: 192.168.232.0/24, addresses: {from: 192.168.232.10, to: 192.168.232.20}}
              lan: {mode: bridge, bridge: br0}
            instances:
              off:
                profiles: [blank]
                networks: {front: {bandwidth: {in: 100Mbit}}, lan: {mtu: 1400}}
                disks: {data: {size: 64MiB, cache: none, readonly: false}}
                hardware: {graphics: vnc, video: virtio, rng: true, nested: false}
                power: off
                node: kvm1
              safe: {profiles: [blank], networks: [front], protect: true, power: off, node: kvm1}
              on: {profiles: [blank], networks: [lan], node: kvm1}
              stored: {profiles: [blank], networks: [front], disks: {data: {size: 64MiB, pool: vm}}, power: off, node: kvm1}
            """

        @Test("Each edit behind its back gets its verdict, and drift that can be repaired is")
        func table() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await DriftDevice("drift-vm", lab).with { try await judgeAll(on: lab) }
            print("drift: \(DriftCase.all.count) edits in \(ContinuousClock.now - start)")
        }

        private func judgeAll(on lab: Lab) async throws {
            try await TestCluster.with(lab, "drift", Self.spec) { cluster in
                try await cluster.apply()
                try await cluster.expectConverged()
                let mounted = try await lab.onNode("kvm1", "grep /srv/drift-vm /proc/mounts; ls /srv/drift-vm")
                #expect(mounted.stdout.hasPrefix("/dev/drift-vm /srv/drift-vm ext4 "), "\(mounted.stdout)")
                #expect(mounted.stdout.contains("drift.stored.data.qcow2"), "\(mounted.stdout)")
                for example in DriftCase.all {
                    try await lab.onNode("kvm1", example.edit).expecting()
                    try await example.judge(cluster)
                    if !example.undo.isEmpty { try await lab.onNode("kvm1", example.undo).expecting() }
                    try await cluster.plan("--detailed-exitcode", expecting: 0)
                }
                try await unmount(cluster, lab)
                try cluster.write(Self.spec.replacing("protect: true", with: "protect: false"))
                try await cluster.apply()
            }
        }

        /// A pool that is stopped takes its file system with it: what is on the node is unknown then, not gone.
        private func unmount(_ cluster: TestCluster, _ lab: Lab) async throws {
            try await lab.onNode("kvm1", "virsh -q pool-destroy vm").expecting()
            let plan = try await cluster.plan(expecting: 7)
            #expect(plan.stdout.contains("Start its pool (virsh pool-start vm)"), "\(plan.stdout)")
            try await lab.onNode("kvm1", "virsh -q pool-start vm").expecting()
            try await cluster.expectConverged()
        }
    }
}

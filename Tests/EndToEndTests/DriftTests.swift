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

        /// A block device with a file system, as a disk of kvm1.
        private static let makeDevice = """
            set -e
            truncate -s 256M /srv/drift-vm.img
            mkfs.ext4 -q -F /srv/drift-vm.img
            [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
            loop=$(losetup -f)
            [ -e "$loop" ] || mknod "$loop" b 7 "${loop#/dev/loop}"
            losetup "$loop" /srv/drift-vm.img
            mknod /dev/drift-vm b 7 "${loop#/dev/loop}"
            """
        /// Whatever a test that failed left of it goes as well.
        private static let removeDevice = """
            virsh -q pool-destroy vm; virsh -q pool-undefine vm
            losetup -d /dev/drift-vm; rm -rf /dev/drift-vm /srv/drift-vm /srv/drift-vm.img
            """

        @Test("Each edit behind its back gets its verdict, and drift that can be repaired is")
        func table() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await lab.onNode("kvm1", Self.makeDevice).expecting()
            do {
                try await judgeAll(on: lab)
            } catch {
                await Task { _ = try? await lab.onNode("kvm1", Self.removeDevice) }.value
                throw error
            }
            let left = try await lab.onNode(
                "kvm1", "grep -c /srv/drift-vm /proc/mounts; virsh -q pool-list --all --name | grep -c '^vm'")
            #expect(left.stdout == "0\n0\n")
            _ = try await lab.onNode("kvm1", Self.removeDevice)
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
                    try await judge(example, cluster)
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

        private func judge(_ example: DriftCase, _ cluster: TestCluster) async throws {
            let output = try await cluster.run("plan", ["-o", "json"], timeout: .seconds(120))
            let plan = try PlanReading(output.stdout)
            let drift = plan.changes.filter { change in
                change.origin == "drift" || change.fields.contains { $0.origin == "drift" }
                    || change.object.kind == "roster"
            }
            let words = drift.flatMap { [$0.action] + $0.fields.map(\.path) }
            switch example.verdict {
            case .repaired(let word):
                #expect(words.contains { $0.hasPrefix(word) }, "\(example.name): \(plan)")
                #expect(drift.allSatisfy { $0.blocked == nil }, "\(example.name): \(plan)")
                let alone = try PlanReading(
                    try await cluster.run("plan", ["--refresh-only", "-o", "json"], timeout: .seconds(120)).stdout)
                #expect(alone.steps.isEmpty, "\(example.name)")
                #expect(alone.changes.count <= plan.changes.count, "\(example.name)")
                try await cluster.apply()
                try await cluster.expectConverged()
            case .shown(let word):
                #expect(words.contains(word), "\(example.name): \(plan)")
                #expect(drift.contains { $0.blocked != nil }, "\(example.name): \(plan)")
                #expect(plan.steps.isEmpty, "\(example.name): \(plan)")
            case .conflict(let text):
                let said = plan.refusals.map(\.reason) + plan.notices
                #expect(!plan.refusals.isEmpty, "\(example.name): \(plan)")
                #expect(said.contains { $0.contains(text) }, "\(example.name): \(plan)")
            case .notice(let text):
                #expect(plan.steps.isEmpty && plan.changes.isEmpty, "\(example.name): \(plan)")
                #expect(plan.notices.contains { $0.contains(text) }, "\(example.name): \(plan)")
            case .nothing:
                #expect(plan.steps.isEmpty && plan.changes.isEmpty, "\(example.name): \(plan)")
                #expect(plan.refusals.isEmpty, "\(example.name): \(plan)")
            }
        }
    }
}

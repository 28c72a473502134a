import Foundation
import Testing

extension EndToEnd {
    /// Instances that go from node to node, with a real guest.
    @Suite("Moves", .serialized) struct MigrationTests {
        func spec(_ lab: Lab, node: String?, migration: String = "{}") -> String {
            """
            migration: \(migration)
            pools: {shared: {path: /srv/shared/vm, shared: true}}
            networks:
              front: {mode: nat, cidr: 192.168.233.0/24, addresses: {from: 192.168.233.10, to: 192.168.233.20}}
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              guest:
                profiles: [base]
                networks: [lan, front]
                disks: {data: {size: 1GiB}, kept: {size: 1GiB, pool: shared}}
                ready: {when: cloud-init, timeout: 10m}
                \(node.map { "node: \($0)" } ?? "")
              cold: {profiles: [blank], networks: [front], power: off, disks: {data: {size: 1GiB}}\(node.map { ", node: \($0)" } ?? "")}
              pooled: {profiles: [blank], pool: shared, networks: [front]\(node.map { ", node: \($0)" } ?? "")}
            """
        }

        @Test(
            "A guest moves live with its disks, a stopped one cold; whatever breaks off a move, one copy runs and the next run ends it"
        )
        func moves() async throws { try await moves(through: Fault.few) }

        /// Faults of these kinds, an even number, come one after another.
        func moves(through kinds: [Fault.Kind]) async throws {
            let start = ContinuousClock.now
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "moves", spec(lab, node: "kvm1")) { cluster in
                try await cluster.apply()
                let fill = """
                    for disk in data kept; do
                        dd if=/dev/urandom of=/dev/disk/by-id/virtio-$disk bs=1M count=40 oflag=direct 2>/dev/null
                    done
                    """
                try await lab.inGuest("guest", of: cluster.file, fill).expecting()
                var before = try await identity(of: cluster)
                let sum = try await sumOfColdDisk(lab, on: "kvm1")

                try cluster.write(spec(lab, node: "kvm2"))
                let plan = try await cluster.plan().stdout
                #expect(plan.contains("→ migrate  instance/guest"), "\(plan)")
                #expect(plan.contains("live, from node to node, not encrypted"), "\(plan)")
                #expect(plan.contains("stays on shared storage: /srv/shared/vm/moves.guest.kept.qcow2"), "\(plan)")
                #expect(plan.contains("its disks stay on shared storage"), "\(plan)")
                let files = try await sharedFiles(lab)
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect(try await identity(of: cluster) == before)
                #expect(try await sumOfColdDisk(lab, on: "kvm2") == sum)
                #expect(try await lab.objects("moves.", on: "kvm1") == [])
                #expect(try await sharedFiles(lab) == files, "what is shared is neither copied nor made anew")

                try await converges(cluster, before)
                let after = try await identity(of: cluster)
                #expect(withoutBoot(after) == withoutBoot(before))
                before = after
                try await detours(cluster)
                #expect(try await identity(of: cluster) == before)
                try await changesPaths(cluster, sum)
                #expect(try await identity(of: cluster) == before)

                let way = try await measureWay(to: "kvm1", cluster)
                try await losesEmulator(at: .asked, from: "kvm1", to: "kvm2", cluster)
                try await losesEmulator(at: .arrived, from: "kvm2", to: "kvm1", cluster)
                for fault in Fault.spread(kinds, from: "kvm1", "kvm2") {
                    try await survives(fault, way, cluster, sum)
                }
                let rebooted = try await identity(of: cluster)

                // Nothing pins them now: maintenance empties the node, and they come back where the spec says so.
                try cluster.write(spec(lab, node: nil), nodeText: ["kvm1": "state: maintenance, bringBack: true"])
                try await converge(cluster)
                #expect(try await cluster.instances()["guest"]?.node == "kvm2")
                #expect(try await cluster.instances()["cold"]?.node == "kvm2")
                #expect(try await lab.objects("moves.", on: "kvm1") == [])
                try cluster.write(spec(lab, node: nil), nodeText: ["kvm1": "bringBack: true"])
                try await converge(cluster)
                #expect(try await cluster.instances()["guest"]?.node == "kvm1")
                #expect(try await identity(of: cluster) == rebooted)
            }
            print("moves: \(start.duration(to: .now))")
        }

        /// What must be the same wherever it runs: its boot, its data, its addresses.
        func identity(of cluster: TestCluster) async throws -> String {
            let script = """
                cat /proc/sys/kernel/random/boot_id
                head -c 40M /dev/disk/by-id/virtio-data | sha256sum
                head -c 40M /dev/disk/by-id/virtio-kept | sha256sum
                ip -o -4 address show scope global | awk '{ print $2, $4 }'
                cat /sys/class/net/eth*/address
                """
            return try await cluster.lab.inGuest("guest", of: cluster.file, script).expecting().stdout
        }

        /// The same after a boot.
        func withoutBoot(_ identity: String) -> [Substring] { Array(identity.split(separator: "\n").dropFirst()) }

        /// The files on shared storage, by their inodes.
        private func sharedFiles(_ lab: Lab) async throws -> String {
            try await lab.onNode("kvm1", "cd /srv/shared/vm && stat -c '%i %n' moves.*").expecting().stdout
        }

        func sumOfColdDisk(
            _ lab: Lab, on node: String, in folder: String = "/var/lib/libvirt/images"
        ) async throws -> String {
            let file = "\(folder)/moves.cold.data.qcow2"
            return try await lab.onNode(node, "qemu-img convert -O raw \(file) /dev/stdout | sha256sum").expecting()
                .stdout
        }

        /// Runs again until a run has nothing to complain about; a migration that is being given up takes a moment.
        func converge(_ cluster: TestCluster) async throws {
            for round in 1...10 {
                let output = try await cluster.run("apply", ["--auto-approve"])
                if output.status == 0 { break }
                try #require(round < 10, "\(output)")
                try await Task.sleep(for: .seconds(5))
            }
            try await cluster.expectConverged()
        }

        func expectOneRuns(
            _ lab: Lab, _ when: String, source: SourceLocation = #_sourceLocation
        ) async throws {
            var running = 0
            for node in ["kvm1", "kvm2"] {
                let names = try await lab.onNode(node, "virsh -q list --name --state-running").expecting().stdout
                running += names.split(separator: "\n").count { $0 == "moves.guest" }
            }
            #expect(running <= 1, "\(when)", sourceLocation: source)
        }
    }
}

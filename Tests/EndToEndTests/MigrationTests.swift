import Foundation
import Testing

extension EndToEnd {
    /// Instances that go from node to node, with a real guest.
    @Suite("Moves", .serialized) struct MigrationTests {
        private func spec(_ lab: Lab, node: String?, migration: String = "{}") -> String {
            """
            migration: \(migration)
            networks:
              front: {mode: nat, cidr: 192.168.233.0/24, addresses: {from: 192.168.233.10, to: 192.168.233.20}}
              lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
            instances:
              guest:
                profiles: [base]
                networks: [lan, front]
                disks: {data: {size: 1GiB}}
                ready: {when: cloud-init, timeout: 10m}
                \(node.map { "node: \($0)" } ?? "")
              cold: {profiles: [blank], networks: [front], power: off, disks: {data: {size: 1GiB}}\(node.map { ", node: \($0)" } ?? "")}
            """
        }

        @Test(
            "A guest moves live with its disks, a stopped one cold; killed anywhere, one copy runs and the next run ends it"
        )
        func moves() async throws {
            let start = ContinuousClock.now
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "moves", spec(lab, node: "kvm1")) { cluster in
                try await cluster.apply()
                let fill = "dd if=/dev/urandom of=/dev/disk/by-id/virtio-data bs=1M count=40 oflag=direct 2>/dev/null"
                try await lab.inGuest("guest", of: cluster.file, fill).expecting()
                let before = try await identity(of: cluster)
                let sum = try await sumOfColdDisk(lab, on: "kvm1")

                try cluster.write(spec(lab, node: "kvm2"))
                let plan = try await cluster.plan().stdout
                #expect(plan.contains("→ migrate  instance/guest"), "\(plan)")
                #expect(plan.contains("live, from node to node, not encrypted"), "\(plan)")
                try await cluster.apply()
                try await cluster.expectConverged()
                #expect(try await identity(of: cluster) == before)
                #expect(try await sumOfColdDisk(lab, on: "kvm2") == sum)
                #expect(try await lab.objects("moves.", on: "kvm1") == [])

                try await converges(cluster)
                #expect(try await identity(of: cluster) == before)

                for (number, moment) in [1_500, 2_500, 3_500, 4_500, 5_500].enumerated() {
                    let target = number % 2 == 0 ? "kvm1" : "kvm2"
                    try cluster.write(spec(lab, node: target))
                    let apply = try cluster.startApply()
                    try await Task.sleep(for: .milliseconds(moment))
                    apply.signal(SIGKILL)
                    _ = try await apply.output()
                    try await expectOneRuns(lab, "killed after \(moment) ms")
                    try await converge(cluster)
                    try await expectOneRuns(lab, "after the next run")
                    #expect(try await identity(of: cluster) == before, "killed after \(moment) ms")
                    let left = target == "kvm1" ? "kvm2" : "kvm1"
                    #expect(try await lab.objects("moves.", on: left) == [], "killed after \(moment) ms")
                    #expect(try await sumOfColdDisk(lab, on: target) == sum, "killed after \(moment) ms")
                }

                // Nothing pins them now: maintenance empties the node, and they come back where the spec says so.
                try cluster.write(spec(lab, node: nil), nodeText: ["kvm1": "state: maintenance, bringBack: true"])
                try await converge(cluster)
                #expect(try await cluster.instances()["guest"]?.node == "kvm2")
                #expect(try await cluster.instances()["cold"]?.node == "kvm2")
                #expect(try await lab.objects("moves.", on: "kvm1") == [])
                try cluster.write(spec(lab, node: nil), nodeText: ["kvm1": "bringBack: true"])
                try await converge(cluster)
                #expect(try await cluster.instances()["guest"]?.node == "kvm1")
                #expect(try await identity(of: cluster) == before)
            }
            print("moves: \(start.duration(to: .now))")
        }

        /// A guest that changes its memory faster than the limited link takes it arrives all the same, there and back:
        /// first by being slowed down, then by post-copy, and the report says by what.
        private func converges(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            let program = """
                b = bytearray(40 << 20)
                n = 0
                while True:
                    n = (n + 1) & 255
                    b[::4096] = bytes([n]) * (len(b) >> 12)
                """
            let script = """
                cat >/run/busy.py <<'END'
                \(program)
                END
                systemd-run --quiet --collect --unit=busy python3 /run/busy.py
                """
            try await lab.inGuest("guest", of: cluster.file, script).expecting()
            try cluster.write(spec(lab, node: "kvm1", migration: "{bandwidth: 16MiB/s}"))
            let slowed = try await cluster.apply().stderr
            #expect(slowed.contains("came to an end by slowing the guest by"), "\(slowed)")
            try cluster.write(spec(lab, node: "kvm2", migration: "{bandwidth: 16MiB/s, postCopy: true}"))
            let fetched = try await cluster.apply().stderr
            #expect(fetched.contains("came to an end by post-copy"), "\(fetched)")
            try await lab.inGuest("guest", of: cluster.file, "systemctl is-active busy && systemctl stop busy")
                .expecting()
        }

        /// What must be the same wherever it runs: its boot, its data, its addresses.
        private func identity(of cluster: TestCluster) async throws -> String {
            let script = """
                cat /proc/sys/kernel/random/boot_id
                head -c 40M /dev/disk/by-id/virtio-data | sha256sum
                ip -o -4 address show scope global | awk '{ print $2, $4 }'
                cat /sys/class/net/eth*/address
                """
            return try await cluster.lab.inGuest("guest", of: cluster.file, script).expecting().stdout
        }

        private func sumOfColdDisk(_ lab: Lab, on node: String) async throws -> String {
            let file = "/var/lib/libvirt/images/moves.cold.data.qcow2"
            return try await lab.onNode(node, "qemu-img convert -O raw \(file) /dev/stdout | sha256sum").expecting()
                .stdout
        }

        /// Runs again until a run has nothing to complain about; a migration that is being given up takes a moment.
        private func converge(_ cluster: TestCluster) async throws {
            for round in 1...6 {
                let output = try await cluster.run("apply", ["--auto-approve"])
                if output.status == 0 { break }
                try #require(round < 6, "\(output)")
                try await Task.sleep(for: .seconds(5))
            }
            try await cluster.expectConverged()
        }

        private func expectOneRuns(
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

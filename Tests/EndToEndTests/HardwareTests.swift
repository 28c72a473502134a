import Foundation
import Testing

extension EndToEnd {
    /// What guests have beside CPU and memory.
    ///
    /// The disks are empty: UEFI and a TPM have their state before any system starts.
    @Suite("Hardware", .serialized) struct HardwareTests {
        private func write(
            _ cluster: TestCluster, node: String = "kvm1", power: String = "on",
            hardware: String = "firmware: uefi, tpm: true", disk: String = "", more: String = ""
        ) throws {
            try cluster.write(
                """
                instances:
                  vault:
                    profiles: [blank]
                    memory: 192MiB
                    node: \(node)
                    power: \(power)
                    hardware: {\(hardware)}
                    disks: {data: {size: 64MiB\(disk)}}
                    \(more)
                """)
        }

        /// What a node has of an instance's firmware: the digest of UEFI's variables, and the files of its TPM.
        private func state(_ cluster: TestCluster, on node: String) async throws -> (variables: String, tpm: Int) {
            let said = try await cluster.lab.onNode(
                node,
                """
                cd /var/lib/libvirt
                for file in qemu/nvram/*; do [ ! -e "$file" ] || sha256sum <"$file"; done
                find swtpm -type f 2>/dev/null | grep -c permall
                """)
            let lines = said.stdout.split(separator: "\n").map(String.init)
            return (lines.dropLast().joined(separator: " "), Int(lines.last ?? "") ?? -1)
        }

        private func definition(_ cluster: TestCluster, on node: String, live: Bool = false) async throws -> String {
            try await cluster.lab.onNode(node, "virsh dumpxml \(live ? "" : "--inactive") \(cluster.name).vault")
                .expecting().stdout
        }

        @Test(
            "UEFI's variables and a TPM's state live, move and go with an instance, and its screen is seen through the node",
            .timeLimit(.minutes(30)))
        func story() async throws {
            let start = ContinuousClock.now
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "hardware") { cluster in
                try await made(cluster)
                try await shown(cluster)
                try await moved(cluster)
                try await edited(cluster)
                try await changed(cluster)
            }
            for node in ["kvm1", "kvm2"] {
                let left = try await lab.onNode(
                    node, "find /var/lib/libvirt/qemu/nvram /var/lib/libvirt/swtpm -mindepth 1 2>/dev/null; true")
                #expect(left.stdout == "", "\(node): \(left)")
            }
            print("hardware: \(ContinuousClock.now - start)")
        }

        private func made(_ cluster: TestCluster) async throws {
            try write(cluster)
            try await cluster.apply()
            try await cluster.expectConverged()
            let live = try await definition(cluster, on: "kvm1", live: true)
            #expect(live.contains("OVMF_CODE") && live.contains("tpm-crb") && live.contains("vnc.sock"), "\(live)")
            let found = try await state(cluster, on: "kvm1")
            #expect(found.variables.hasSuffix("-") && found.tpm == 1, "\(found)")
        }

        /// A VNC server begins with a word that names its protocol.
        private func shown(_ cluster: TestCluster) async throws {
            let port = 39_417
            let viewing = try cluster.lab.start(
                ["vnc", "vault", "-f", cluster.file, "--address", "--port", "\(port)"])
            var said = ""
            for _ in 0..<40 where said.isEmpty {
                try await Task.sleep(for: .milliseconds(500))
                said = try await Program.run(
                    "/usr/bin/bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port) && timeout 5 head -c 12 <&3"]
                ).stdout
            }
            viewing.signal(SIGINT)
            let output = try await viewing.output(timeout: .seconds(30))
            #expect(said.hasPrefix("RFB 003."), "\(said) \(output)")
            #expect(
                output.stderr.contains("127.0.0.1:\(port)") || output.stdout.contains("127.0.0.1:\(port)"), "\(output)")
        }

        /// Stopped there, and live back again.
        private func moved(_ cluster: TestCluster) async throws {
            try write(cluster, power: "off")
            try await cluster.apply()
            let before = try await state(cluster, on: "kvm1")
            try write(cluster, node: "kvm2", power: "off")
            try await cluster.apply()
            try await cluster.expectConverged()
            let after = try await state(cluster, on: "kvm2")
            #expect(after == before, "\(before) became \(after)")
            #expect(try await state(cluster, on: "kvm1") == ("", 0))

            try write(cluster, node: "kvm2")
            try await cluster.apply()
            try write(cluster, node: "kvm1")
            try await cluster.apply()
            try await cluster.expectConverged()
            let back = try await state(cluster, on: "kvm1")
            #expect(!back.variables.isEmpty && back.tpm == 1, "\(back)")
            #expect(try await state(cluster, on: "kvm2") == ("", 0))
        }

        /// What somebody took from the definition comes back.
        private func edited(_ cluster: TestCluster) async throws {
            try await cluster.lab.onNode(
                "kvm1",
                """
                virsh dumpxml --inactive hardware.vault >/tmp/vault.xml
                sed -i "/<tpm/,/<\\/tpm>/d; s/discard='unmap'/discard='ignore'/" /tmp/vault.xml
                virsh define /tmp/vault.xml; rm /tmp/vault.xml
                """
            ).expecting()
            let plan = try await cluster.run("plan")
            #expect(plan.stdout.contains("hardware.tpm"), "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
            let definition = try await definition(cluster, on: "kvm1")
            #expect(definition.contains("tpm-crb"), "\(definition)")
        }

        private func changed(_ cluster: TestCluster) async throws {
            try write(
                cluster, hardware: "machine: pc-q35-7.1, graphics: none, video: none, rng: false, nested: true",
                disk: ", bus: scsi, cache: none, io: native")
            let plan = try await cluster.run("plan")
            for path in ["hardware.firmware", "hardware.tpm", "hardware.machine", "disks.data.bus", "disks.data.io"] {
                #expect(plan.stdout.contains(path), "\(path): \(plan)")
            }
            #expect(plan.stdout.contains("pc-q35-7.2 → pc-q35-7.1") && plan.stdout.contains("virtio → scsi"), "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
            let live = try await definition(cluster, on: "kvm1", live: true)
            #expect(!live.contains("OVMF_CODE") && !live.contains("<graphics") && !live.contains("<rng"), "\(live)")
            #expect(live.contains("pc-q35-7.1") && live.contains("cache='none' io='native'"), "\(live)")
            #expect(live.contains("dev='sda' bus='scsi'") && live.contains("virtio-scsi"), "\(live)")
        }
    }
}

import Foundation
import Testing

extension EndToEnd {
    /// Guests with other processors than their nodes have.
    ///
    /// The disk is empty: UEFI comes up, finds no system, and says so on the serial port.
    @Suite("Other processors", .serialized) struct EmulationLongTests {
        private func write(_ cluster: TestCluster, _ more: String) throws {
            try cluster.write(
                """
                instances:
                  arm:
                    profiles: [blank]
                    image: arm
                    memory: 256MiB
                    \(more.replacingOccurrences(of: "; ", with: "\n    "))
                """,
                images: ["arm": "source: \(cluster.lab.blankImage), architecture: aarch64"])
        }

        /// Waits until UEFI has come up, which is emulated.
        private func expectFirmware(_ cluster: TestCluster, on node: String) async throws {
            let log = "/var/log/libvirt/qemu/\(cluster.name).arm.console.log"
            let said = try await cluster.lab.onNode(
                node,
                "for i in $(seq 300); do grep -aqE 'BdsDxe|UEFI Interactive Shell' \(log) && exit 0; sleep 1; done; tail -c 300 \(log); exit 1",
                timeout: .seconds(310))
            #expect(said.status == 0, "\(said)")
        }

        @Test(
            "A guest for aarch64 is emulated where it is pinned, changes, moves with its firmware, and is placed nowhere by itself",
            .timeLimit(.minutes(30)))
        func story() async throws {
            let start = ContinuousClock.now
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "emulated") { cluster in
                try write(cluster, "")
                let refused = try await cluster.plan(expecting: 6)
                #expect((refused.stdout + refused.stderr).contains("its processors are x86_64"), "\(refused)")

                try write(cluster, "node: kvm1; hardware: {tpm: true}")
                try await cluster.apply()
                try await cluster.expectConverged()
                try await expectFirmware(cluster, on: "kvm1")
                let made = try await cluster.lab.onNode("kvm1", "virsh dumpxml emulated.arm").expecting().stdout
                for part in ["arch='aarch64'", "machine='virt-", "AAVMF", "tpm-tis", "type='virtio'"] {
                    #expect(made.contains(part), "\(part): \(made)")
                }

                try write(
                    cluster,
                    "node: kvm1; vcpus: 2; rootDisk: {bus: scsi}; hardware: {tpm: true, graphics: none, video: none}")
                let plan = try await cluster.planned()
                let effects = Set(plan.changes.flatMap(\.fields).map { "\($0.path) \($0.effect)" })
                #expect(
                    effects == [
                        "vcpus reboot", "rootDisk.bus reboot", "hardware.graphics reboot", "hardware.video reboot",
                    ])
                try await cluster.apply()
                try await cluster.expectConverged()
                try await expectFirmware(cluster, on: "kvm1")

                // Stopped, since it sees no word of a shutdown.
                try write(
                    cluster,
                    "node: kvm2; power: off; vcpus: 2; rootDisk: {bus: scsi}; hardware: {tpm: true, graphics: none, video: none}"
                )
                try await cluster.apply()
                try write(
                    cluster,
                    "node: kvm2; vcpus: 2; rootDisk: {bus: scsi}; hardware: {tpm: true, graphics: none, video: none}")
                try await cluster.apply()
                try await cluster.expectConverged()
                try await expectFirmware(cluster, on: "kvm2")
            }
            print("other processors: \(ContinuousClock.now - start)")
        }
    }
}

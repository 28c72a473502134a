import Testing

extension EndToEnd {
    /// A file and a block device that are there already, as disks of a guest.
    @Suite("Disks that are there already", .serialized) struct GivenDiskTests {
        private static let file = "/srv/ledger.raw"
        private static let device = "/dev/ledger"

        /// Which bytes both have, so that anything that is made, grown or deleted shows.
        private func contents(_ lab: Lab) async throws -> String {
            try await lab.onNode("kvm1", "sha256sum \(Self.file) \(Self.device)").expecting().stdout
        }

        private func write(_ cluster: TestCluster, _ disks: String, node: String = "", power: String = "on") throws {
            try cluster.write(
                """
                instances:
                  db:
                    profiles: [blank]
                    power: \(power)
                    \(node)
                    disks: {data: {size: 64MiB}\(disks)}
                """)
        }

        private static let both =
            ", ledger: {path: \(file), format: raw}, lun: {path: \(device), bus: scsi, readonly: true}"

        @Test("They are attached, detached, and never touched otherwise", .timeLimit(.minutes(15)))
        func story() async throws {
            let start = ContinuousClock.now
            let lab = try await Lab.up()
            let devices = [LoopDevice(name: "ledger"), LoopDevice(name: "in-use")]
            try await lab.onNode(
                "kvm1",
                """
                \(devices.map(\.make).joined(separator: "\n"))
                mkdir /srv/in-use && mount /dev/in-use /srv/in-use
                head -c 3145728 /dev/urandom >\(Self.file)
                """
            ).expecting()
            let remove =
                "umount /srv/in-use; rm -rf /srv/in-use \(Self.file)\n"
                + devices.map(\.remove).joined(separator: "\n")
            do {
                let before = try await contents(lab)
                try await TestCluster.with(lab, "given") { cluster in
                    try await attached(cluster)
                    try await refused(cluster)
                    try await detached(cluster)
                }
                #expect(try await contents(lab) == before)
            } catch {
                await Task { _ = try? await lab.onNode("kvm1", remove) }.value
                throw error
            }
            _ = try await lab.onNode("kvm1", remove)
            print("disks that are there already: \(ContinuousClock.now - start)")
        }

        /// Placed on the node that has them, without a word about nodes; one more is plugged into the running guest.
        private func attached(_ cluster: TestCluster) async throws {
            try write(cluster, ", lun: {path: \(Self.device), bus: scsi, readonly: true}")
            try await cluster.apply()
            try await cluster.expectConverged()
            try write(cluster, Self.both)
            let plan = try await cluster.plan()
            #expect(plan.stdout.contains("disks.ledger.path") && plan.stdout.contains("  live  "), "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
            let live = try await cluster.lab.onNode("kvm1", "virsh dumpxml given.db").expecting().stdout
            #expect(live.contains("<source dev='\(Self.device)'") && live.contains("<disk type='block'"), "\(live)")
            #expect(live.contains("<source file='\(Self.file)'") && live.contains("<serial>ledger</serial>"), "\(live)")
        }

        private func refused(_ cluster: TestCluster) async throws {
            try write(cluster, Self.both, node: "node: kvm2")
            let moved = try await cluster.run("plan")
            #expect(moved.stdout.contains("which kvmctl does not move"), "\(moved)")
            try write(cluster, Self.both + ", other: {path: /dev/in-use}")
            let used = try await cluster.run("plan")
            #expect(used.stdout.contains("in use by the node itself"), "\(used)")
            try write(cluster, Self.both + ", other: {path: /srv/ledger.img, format: raw}")
            let held = try await cluster.run("plan")
            #expect(held.stdout.contains("for swap space or a loop device"), "\(held)")
            try write(cluster, Self.both + ", other: {path: /srv, format: raw}")
            let folder = try await cluster.run("plan")
            #expect(folder.stdout.contains("/srv, the disk other, is no file"), "\(folder)")
        }

        /// From a guest that is off, since one without a system lets nothing go.
        private func detached(_ cluster: TestCluster) async throws {
            try write(cluster, "", power: "off")
            let output = try await cluster.apply()
            #expect(output.stdout.contains("\(Self.file) stays unchanged"), "\(output)")
            try await cluster.expectConverged()
            try write(cluster, Self.both, power: "off")
            try await cluster.apply()
            try await cluster.expectConverged()
        }
    }
}

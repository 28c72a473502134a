import Foundation
import Testing

extension EndToEnd {
    /// What runs is changed with the least effect that does the job, proved from inside the guest.
    @Suite("Changing what runs", .serialized) struct ChangeLongTests {
        /// An instance in its first, grown and shrunk form.
        private struct Form {
            var name = "live"
            var image = "debian-12"
            var sizes = "vcpus: 1, memory: 256MiB, disk: 3GiB"
            var disks = "data: {size: 1GiB}"
            var nics = "eth0: {network: lan}"
            var pool = "local"
            var more = ""

            func spec(_ lab: Lab) -> String {
                """
                pools: {fast: {path: /srv/changes-fast}}
                networks:
                  lan: {mode: bridge, bridge: br0, cidr: \(lab.subnet).0/24, gateway: \(lab.subnet).1, addresses: {from: \(lab.subnet).150, to: \(lab.subnet).180}, dhcp: none}
                  back: {mode: isolated, cidr: 192.168.243.0/24}
                instances:
                  \(name):
                    profiles: [base]
                    image: \(image)
                    imageChange: replace
                    node: kvm1
                    pool: \(pool)
                    \(sizes.replacingOccurrences(of: ", ", with: "\n    "))
                    nics: {\(nics)}
                    disks: {\(disks)}
                    ready: {when: agent, timeout: 10m}
                    \(more)
                """
            }
        }

        /// What a guest says of itself.
        private struct Facts {
            let boot: String
            let cpus: Int
            let memory: Int
            let disks: Set<String>
            let root: Int
            let addresses: Int
            let sum: String

            static let script = """
                [ -b /dev/disk/by-id/virtio-data ] && { mkdir -p /mnt/data; mountpoint -q /mnt/data || mount /dev/disk/by-id/virtio-data /mnt/data; }
                cat /proc/sys/kernel/random/boot_id; nproc; awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo
                lsblk -dnbo SIZE,SERIAL | awk '$2 != "" {print $2 "=" $1 / 1073741824}' | sort | tr '\\n' ' '; echo
                df --output=size -BM / | tail -n 1 | tr -dc 0-9; echo
                ip -4 -o address show scope global | wc -l
                sha256sum /mnt/data/content | cut -d ' ' -f 1
                """

            init(_ text: String) throws {
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                try #require(lines.count >= 7, "\(text)")
                boot = lines[0]
                cpus = try #require(Int(lines[1]))
                memory = try #require(Int(lines[2]))
                disks = Set(lines[3].split(separator: " ").map(String.init))
                root = try #require(Int(lines[4]))
                addresses = try #require(Int(lines[5]))
                sum = lines[6]
            }
        }

        private func facts(_ cluster: TestCluster, _ instance: String = "live") async throws -> Facts {
            try Facts(try await cluster.lab.inGuest(instance, of: cluster.file, Facts.script).stdout)
        }

        /// Expects that the guest finds its root disk on a bus, by the letters that Linux gives its disks there.
        private func expectRoot(on letters: String, _ instance: String, _ cluster: TestCluster) async throws {
            let root = try await cluster.lab.inGuest(instance, of: cluster.file, "findmnt -no SOURCE /")
            #expect(root.stdout.hasPrefix("/dev/\(letters)"), "\(root)")
        }

        private func effects(_ cluster: TestCluster) async throws -> Set<String> {
            Set(try await cluster.planned().changes.flatMap(\.fields).map { "\($0.path) \($0.effect) \($0.origin)" })
        }

        /// Moves the root disk and a data disk to another pool under the running guest, is killed in the middle, and goes
        /// back; the guest goes on with what it has.
        private func moveDisks(
            _ form: Form, _ cluster: TestCluster, _ images: [String: String], like before: Facts
        ) async throws {
            let start = ContinuousClock.now
            var moved = form
            moved.pool = "fast"
            moved.disks = "data: {size: 2GiB, pool: fast}, logs: {size: 1GiB}"
            try cluster.write(moved.spec(cluster.lab), images: images)
            let run = try cluster.startApply()
            _ = try await run.events { events in
                events.contains { $0.event == "started" && $0.step?.contains("/disk-copy/") == true }
            }
            try await Task.sleep(for: .milliseconds(150))
            run.signal(SIGKILL)
            _ = try await run.output()
            try await cluster.apply("--lock-timeout", "40s")
            try await cluster.expectConverged()
            let paths = """
                virsh -q domblklist changes.live | grep -cF /srv/changes-fast/
                virsh -q domblklist changes.live --inactive | grep -cF /srv/changes-fast/
                ls /var/lib/libvirt/images | grep -cE '^changes.live.(root|data)'
                """
            let there = try await cluster.lab.onNode("kvm1", paths)
            #expect(there.stdout == "2\n2\n0\n")
            let after = try await facts(cluster)
            #expect(after.boot == before.boot && after.sum == before.sum && after.disks == before.disks)

            try cluster.write(form.spec(cluster.lab), images: images)
            try await cluster.apply()
            try await cluster.expectConverged()
            let back = try await cluster.lab.onNode("kvm1", paths + "; ls /srv/changes-fast")
            #expect(back.stdout.hasPrefix("0\n0\n2\nkvmctl-"), "\(back.stdout)")
            let last = try await facts(cluster)
            #expect(last.boot == before.boot && last.sum == before.sum)
            try await cluster.lab.onNode(
                "kvm1", "virsh -q pool-destroy fast; virsh -q pool-undefine fast; rm -rf /srv/changes-fast"
            ).expecting()
            print("disks to another pool and back: \(ContinuousClock.now - start)")
        }

        @Test("Live, by a reboot, or with a new root disk and a new name: the guest agrees, and its data stays")
        func everyEffect() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            var form = Form()
            try await TestCluster.with(lab, "changes", form.spec(lab)) { cluster in
                let other = cluster.folder.appending(path: "other.qcow2")
                try FileManager.default.copyItem(at: URL(filePath: lab.image), to: other)
                let handle = try FileHandle(forWritingTo: other)
                try handle.seekToEnd()
                try handle.write(contentsOf: Data(count: 512))
                try handle.close()
                let images = ["other": "source: \(other.path)"]
                try cluster.write(form.spec(lab), images: images)
                try await cluster.apply()
                try await lab.inGuest(
                    "live", of: cluster.file,
                    """
                    mkfs.ext4 -q /dev/disk/by-id/virtio-data && mkdir -p /mnt/data && mount /dev/disk/by-id/virtio-data /mnt/data
                    head -c 20000000 /dev/urandom > /mnt/data/content; sync
                    """
                ).expecting()
                let first = try await facts(cluster)
                #expect(first.cpus == 1 && first.disks == ["data=1"] && first.addresses == 1)

                form.sizes = "vcpus: 2, memory: 384MiB, disk: 4GiB"
                form.disks = "data: {size: 2GiB}, logs: {size: 1GiB}"
                form.nics += ", eth1: {network: back}"
                try cluster.write(form.spec(lab), images: images)
                let live = try await effects(cluster)
                #expect(live.count >= 7 && live.allSatisfy { $0.contains(" live ") }, "\(live.sorted())")
                try await cluster.apply()
                try await cluster.expectConverged()
                let grown = try await facts(cluster)
                #expect(grown.boot == first.boot && grown.sum == first.sum)
                #expect(
                    grown.cpus == 2 && grown.memory >= first.memory + 100 && grown.root > first.root + 900,
                    "\(first), then \(grown)")
                #expect(grown.disks == ["data=2", "logs=1"] && grown.addresses == 2)
                let grownData = try await lab.inGuest(
                    "live", of: cluster.file, "df --output=size -BM /mnt/data | tail -n 1 | tr -dc 0-9")
                #expect((Int(grownData.stdout) ?? 0) > 1_800, "the file system on the data disk has grown too")

                try cluster.write(
                    form.spec(lab).replacingOccurrences(of: "disk: 4GiB", with: "disk: 3GiB"), images: images)
                let refused = try await cluster.plan(expecting: 6)
                #expect((refused.stdout + refused.stderr).contains("disks cannot shrink"))
                #expect((refused.stdout + refused.stderr).contains(".yaml:"))

                try await moveDisks(form, cluster, images, like: grown)

                form.sizes = "vcpus: 1, memory: 384MiB, disk: 4GiB"
                form.disks = "data: {size: 2GiB}"
                form.nics = "eth0: {network: lan}"
                form.more = "rebootPolicy: never"
                try cluster.write(form.spec(lab), images: images)
                try await cluster.apply()
                let waiting = try await cluster.planned()
                #expect(waiting.changes.isEmpty && waiting.notices.contains { $0.contains("next boot") })
                let kept = try await facts(cluster)
                #expect(kept.boot == first.boot && kept.disks == ["data=2"] && kept.addresses == 1)
                form.more = "rootDisk: {bus: scsi, cache: none, io: native}"
                try cluster.write(form.spec(lab), images: images)
                #expect(
                    try await effects(cluster) == [
                        "vcpus reboot edit", "rootDisk.bus reboot edit", "rootDisk.cache reboot edit",
                        "rootDisk.io reboot edit",
                    ])
                try await cluster.apply()
                try await cluster.expectConverged()
                let rebooted = try await facts(cluster)
                #expect(rebooted.boot != first.boot && rebooted.cpus == 1 && rebooted.sum == first.sum)
                try await expectRoot(on: "sd", "live", cluster)

                form.name = "anew"
                form.image = "other"
                form.more = "renamedFrom: live\n    rootDisk: {bus: scsi, cache: none, io: native}"
                try cluster.write(form.spec(lab), images: images)
                #expect(try await effects(cluster) == ["name live edit", "image replace edit"])
                try await cluster.apply("--max-deletes", "2")
                try await cluster.expectConverged()
                let replaced = try await facts(cluster, "anew")
                #expect(replaced.boot != rebooted.boot && replaced.sum == first.sum)
                try await expectRoot(on: "sd", "anew", cluster)
                let host = try await lab.inGuest("anew", of: cluster.file, "hostname")
                #expect(host.stdout == "anew\n")
                let domains = try await lab.onNode("kvm1", "virsh -q list --name").expecting().stdout
                #expect(domains.contains("changes.anew") && !domains.contains("changes.live"), "\(domains)")
            }
            print("changing what runs: \(ContinuousClock.now - start)")
        }
    }
}

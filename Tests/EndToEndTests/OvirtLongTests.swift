import Foundation
import Testing

extension EndToEnd {
    /// examples/ovirt.yaml: hosts that mirror a volume, an ISO library, an installation, and hosts that come and go.
    @Suite("The oVirt data centre", .serialized) struct OvirtLongTests {
        /// Each host has daemons and bricks of its own; they end with the lab.
        private static let daemon = """
            set -e
            [ -e /dev/fuse ] || mknod /dev/fuse c 10 229
            mkdir -p /var/lib/glusterd /var/log/glusterfs /srv/brick
            glusterd
            """

        private static func volume(_ lab: Lab) -> String {
            let bricks = ["kvm1", "kvm2"].map { "\(lab.address(of: $0)):/srv/brick/data" }.joined(separator: " ")
            return """
                set -e
                gluster --mode=script peer probe \(lab.address(of: "kvm2"))
                for i in 1 2 3 4 5 6 7 8 9 10; do
                    gluster peer status | grep -q 'Peer in Cluster (Connected)' && break
                    sleep 1
                done
                gluster --mode=script volume create data replica 2 \(bricks) force
                # Those of the group "virt" that keep a page from being remembered on one host while another writes it.
                for option in quick-read read-ahead io-cache stat-prefetch; do
                    gluster volume set data performance.$option off
                done
                gluster volume set data network.remote-dio enable
                gluster volume start data
                """
        }

        @Test(
            "Guests move without their disks, a machine is installed, a host rests, one joins and leaves",
            .timeLimit(.minutes(60)))
        func story() async throws {
            let start = ContinuousClock.now
            try await Lab.with("ovirt", traits: []) { lab in
                for node in ["kvm1", "kvm2"] { try await lab.onNode(node, Self.daemon).expecting() }
                try await lab.onNode("kvm1", Self.volume(lab)).expecting()
                let folder = try Scratch.folder()
                defer { try? FileManager.default.removeItem(at: folder) }
                let disc = try await InstallerDisc.make(.poweroff, in: folder)
                var example = ExampleCopy(
                    lab: lab, name: "ovirt", image: lab.image, folder: folder, variables: ["iso": disc])
                do {
                    try await story(&example)
                } catch {
                    await Task { await lab.scrub("ovirt") }.value
                    throw error
                }
                // A host that left is no more looked at: its pool is whoever's runs it now.
                for node in ["kvm1", "kvm2"] {
                    let left = try await lab.onNode(
                        node,
                        "virsh -q list --all --name | grep ovirt; virsh -q pool-list --all --name | grep '^data'; "
                            + "grep -c ' /srv/data ' /proc/mounts; ls /srv/brick/data 2>/dev/null")
                    #expect(left.stdout == "0\n", "\(node): \(left)")
                }
            }
            print("ovirt: \(ContinuousClock.now - start)")
        }

        private static let read = "cat /proc/sys/kernel/random/boot_id /root/words"

        private func story(_ example: inout ExampleCopy) async throws {
            let lab = example.lab
            try await example.apply()
            let fresh = try #require(try await lab.instances(example.options)["fresh"])
            let console = try await lab.onNode(fresh.place, "cat /var/log/libvirt/qemu/ovirt.fresh.console.log")
            #expect(console.stdout.contains("the installed system runs"), "\(console)")
            let home = try #require(try await lab.instances(example.options)["app-1"]?.place)
            let before = try await example.inGuest("app-1", "echo mirrored >/root/words; sync; \(Self.read)").stdout
            #expect(before.hasSuffix("mirrored\n"))

            // A host rests: what runs there goes away without its disks, which no other host can open.
            example.variables[home] = "maintenance"
            let resting = ContinuousClock.now
            try await example.apply()
            print("ovirt: a host was emptied in \(ContinuousClock.now - resting)")
            let running = try await lab.onNode(home, "virsh -q list --name | grep ovirt.app; true")
            #expect(running.stdout.isEmpty, "\(running)")
            #expect(try await example.inGuest("app-1", Self.read).stdout == before)
            let locked = try await lab.onNode(home, "qemu-img info /srv/data/ovirt.app-1.root.qcow2")
            #expect(locked.status != 0 && locked.stderr.contains("lock"), "\(locked)")
            example.variables[home] = "active"

            // A host joins, and takes a guest. It has no daemon of its own, so it asks another's.
            try await lab.kvmctl("lab", "up", "--nodes", "3", timeout: .seconds(300)).expecting()
            try await lab.onNode("kvm3", "[ -e /dev/fuse ] || mknod /dev/fuse c 10 229").expecting()
            let line = "  # Another host is another line here"
            func joined(_ state: String) -> String {
                "  kvm3: {address: \(lab.address(of: "kvm3")), state: \(state), pools: {data: {server: kvm1}}}\n\(line)"
            }
            example.edits = [
                (line, joined("active")), ("    count: 2\n", "    count: 2\n    members: {1: {node: kvm3}}\n"),
            ]
            try await example.apply()
            #expect(try await lab.instances(example.options)["app-1"]?.place == "kvm3")
            #expect(try await example.inGuest("app-1", Self.read).stdout == before)

            // Somebody takes the mount away below the running pool: its folder looks empty, and is not.
            try await lab.onNode("kvm3", "umount -l /srv/data").expecting()
            let away = try await example.run(["plan"]).expecting(7)
            #expect(away.text.contains("/srv/data"), "\(away)")
            try await lab.onNode("kvm3", "virsh -q pool-destroy data; virsh -q pool-start data").expecting()
            try await example.run(["plan"], ["--detailed-exitcode"]).expecting(0)

            // It leaves again.
            example.edits = [(line, joined("maintenance"))]
            try await example.apply()
            #expect(try await example.inGuest("app-1", Self.read).stdout == before)
            example.edits = []
            try await example.apply()

            // What the library keeps outlives the instances, and goes when somebody says so.
            try await example.run(["destroy"], ["--auto-approve", "--delete-data"]).expecting()
            let kept = try await example.run(["image", "list"]).expecting()
            #expect(kept.stdout.contains("installer"), "\(kept)")
            try example.write()
            var text = try String(contentsOfFile: example.file, encoding: .utf8)
            text = text.replacing(", keep: true", with: "")
            try Data(text.utf8).write(to: URL(filePath: example.file))
            try await example.run(["image", "prune"], ["--auto-approve"]).expecting()
            try await example.run(["destroy"], ["--auto-approve"]).expecting()
        }
    }
}

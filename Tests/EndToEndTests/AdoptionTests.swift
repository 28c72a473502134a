import Foundation
import Testing

extension EndToEnd {
    /// Domains that people made without kvmctl, taken over as they are.
    @Suite("Adoption", .serialized) struct AdoptionTests {
        private static let spec = """
            networks:
              lan: {mode: bridge, bridge: br0}
            instances: {}
            """

        /// Domains of every kind, with disks outside of any pool; two of them run.
        private static let prepare = """
            set -e
            mkdir -p /srv/old; cd /srv/old
            virsh -q net-start default 2>/dev/null || true
            for d in vi nics snap wait; do qemu-img create -q -f qcow2 $d.qcow2 32M; done
            qemu-img create -q -f raw sata.img 32M
            truncate -s 1M code.fd vars.fd uefi-vars.fd; qemu-img create -q -f qcow2 uefi.qcow2 32M
            virt-install -q --connect qemu:///system --name vi --memory 64 --vcpus 1 --disk /srv/old/vi.qcow2,bus=virtio \\
              --import --osinfo detect=off,require=off --network network=default,model=virtio --graphics none \\
              --noautoconsole --virt-type qemu >/dev/null 2>&1
            domain() {
              cat > /tmp/old.xml <<X
            <domain type='qemu'><name>$1</name><memory unit='MiB'>64</memory><vcpu current='1'>2</vcpu>
            <os>$4<type arch='x86_64' machine='q35'>hvm</type></os><devices>
            <disk type='file' device='disk'><driver name='qemu' type='$2'/><source file='/srv/old/$3'/>
            <target dev='$5' bus='$6'/></disk>
            <disk type='file' device='cdrom'><target dev='sdz' bus='sata'/><readonly/></disk>
            $7</devices></domain>
            X
              virsh -q define /tmp/old.xml
            }
            bridge="<interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>"
            default="<interface type='network'><source network='default'/><model type='e1000'/></interface>"
            domain sata raw sata.img "" sda sata "$default"
            firmware="<loader readonly='yes' type='pflash'>/srv/old/code.fd</loader>"
            firmware="$firmware<nvram template='/srv/old/vars.fd'>/srv/old/uefi-vars.fd</nvram>"
            cat > /tmp/uefi.xml <<X
            <domain type='qemu'><name>uefi</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
            <os><type arch='x86_64' machine='q35'>hvm</type>$firmware</os>
            <features><acpi/></features><devices>
            <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/old/uefi.qcow2'/>
            <target dev='vda' bus='virtio'/></disk>$bridge</devices></domain>
            X
            virsh -q define /tmp/uefi.xml
            domain Two_NICs qcow2 nics.qcow2 "" vda virtio "$bridge$default"
            domain snap qcow2 snap.qcow2 "" vda virtio "$bridge"
            virsh -q snapshot-create-as snap before >/dev/null
            domain wait qcow2 wait.qcow2 "" vda virtio "$bridge"
            virsh -q start wait; virsh -q setvcpus wait 2 --config; virsh -q setmem wait 32M --config
            """

        private static let names = ["vi", "sata", "uefi", "Two_NICs", "snap", "wait"]

        private static let clean = """
            for d in \(names.joined(separator: " ")); do
              virsh -q destroy $d; virsh -q undefine $d --nvram --snapshots-metadata; done 2>/dev/null
            virsh -q pool-destroy old; virsh -q pool-undefine old; virsh -q net-destroy default
            rm -rf /srv/old; true
            """

        /// Each inactive definition without its metadata, and what runs with which process.
        private static let look = """
            for d in \(names.joined(separator: " ")); do
              echo "== $d"; virsh -q dumpxml --inactive $d | sed '/<metadata>/,/<\\/metadata>/d'
              virsh -q domstate $d; virsh -q domid $d; cat /run/libvirt/qemu/$d.pid 2>/dev/null
              virsh -q snapshot-list $d --name; done; sha256sum /srv/old/*.fd /srv/old/sata.img
            """

        @Test("What people made is adopted as it is, the next plan is empty, and destroy leaves the disks")
        func adopt() async throws {
            let lab = try await Lab.up()
            let start = ContinuousClock.now
            try await TestCluster.with(lab, "adopt", Self.spec) { cluster in
                do {
                    try await lab.onNode("kvm1", Self.prepare, timeout: .seconds(180)).expecting()
                    try await adoptAll(cluster)
                } catch {
                    _ = await Task { try? await lab.onNode("kvm1", Self.clean) }.value
                    throw error
                }
                try await lab.onNode("kvm1", Self.clean).expecting()
            }
            print("adoption: \(Self.names.count) domains in \(ContinuousClock.now - start)")
        }

        /// One NIC goes, another comes, and so does a file of its owner's; nothing is deleted.
        private func changeDevices(_ cluster: TestCluster, _ files: [String]) async throws {
            let lab = cluster.lab
            let look = "virsh -q domblklist sata; virsh -q domiflist sata"
            let before = try await lab.onNode("kvm1", "truncate -s 8M /srv/old/more.img; \(look)").expecting().stdout
            let mac = try #require(before.split(separator: "\n").last?.split(separator: " ").last)
            let file = cluster.folder.appending(path: "sata.yaml")
            let imported = try String(contentsOf: file, encoding: .utf8)
            let changed = imported.split(separator: "\n").filter { !$0.contains(mac) }.joined(separator: "\n")
                .replacing("  eth0:", with: "  nic1:")
                .replacing(
                    "    disks:", with: "    disks:\n      vdb:\n        path: /srv/old/more.img\n        format: raw")
            try Data((changed + "\n").utf8).write(to: file)
            try await cluster.run("apply", ["--auto-approve"] + files).expecting()
            try await cluster.run("plan", ["--detailed-exitcode"] + files).expecting(0)
            let after = try await lab.onNode("kvm1", look + "; virsh dumpxml sata | grep -c \"type='raw'\"").expecting()
            #expect(after.stdout.contains("/srv/old/more.img") && !after.stdout.contains(mac), "\(after)")
            #expect(after.stdout.contains("/srv/old/sata.img") && after.stdout.contains("virtio"), "\(after)")

            let reduced = changed.replacing(
                "\n      vdb:\n        path: /srv/old/more.img\n        format: raw", with: "")
            try Data((reduced + "\n").utf8).write(to: file)
            try await cluster.run("apply", ["--auto-approve"] + files).expecting()
            try await cluster.run("plan", ["--detailed-exitcode"] + files).expecting(0)
            let left = try await lab.onNode("kvm1", look + "; ls /srv/old/more.img").expecting().stdout
            #expect(left.components(separatedBy: "more.img").count == 2, "\(left)")
        }

        private func adoptAll(_ cluster: TestCluster) async throws {
            let lab = cluster.lab
            let before = try await lab.onNode("kvm1", Self.look).expecting().stdout
            let listed = try await cluster.run("get", ["domains", "--all"]).expecting()
            #expect(listed.stdout.contains("foreign"))
            var files: [String] = []
            for name in Self.names {
                let file = cluster.folder.appending(path: "\(name).yaml").path
                try await cluster.run("import", ["kvm1/\(name)", "-w", file] + files).expecting()
                files += ["-f", file]
                // A second import of the same is refused.
                try await cluster.run("import", ["kvm1/\(name)"] + files).expecting(6)
            }
            #expect(try await lab.onNode("kvm1", Self.look).expecting().stdout == before)
            try await cluster.run("plan", ["--detailed-exitcode"] + files).expecting(0)
            let text = try String(contentsOfFile: cluster.folder.appending(path: "wait.yaml").path, encoding: .utf8)
            #expect(text.contains("vcpus: 2") && text.contains("memory: \"32MiB\""), "\(text)")

            // Its state is drift like anybody's, told by target and MAC.
            try await lab.onNode("kvm1", "virsh -q autostart sata").expecting()
            let drift = try await cluster.run("plan", ["--refresh-only", "-o", "json"] + files).expecting()
            #expect(try PlanReading(drift.stdout).changes.flatMap(\.fields).map(\.path) == ["autostart"])
            try await cluster.run("apply", ["--auto-approve"] + files).expecting()
            try await cluster.run("plan", ["--detailed-exitcode"] + files).expecting(0)

            try await changeDevices(cluster, files)

            // Without its YAML an adopted instance left the spec: that needs consent like any deletion.
            try await cluster.run("apply", ["--auto-approve"]).expecting(6)
            try await lab.onNode("kvm1", "virsh -q destroy vi; virsh -q destroy wait").expecting()
            try await cluster.run("destroy", ["--auto-approve"] + files).expecting()
            let left = try await lab.onNode("kvm1", "virsh -q list --all --name; ls /srv/old").expecting().stdout
            #expect(
                left.split(separator: "\n").map(String.init).sorted() == [
                    "code.fd", "more.img", "nics.qcow2", "sata.img", "snap.qcow2", "uefi-vars.fd", "uefi.qcow2",
                    "vars.fd",
                    "vi.qcow2", "wait.qcow2",
                ])
        }
    }
}

import Foundation
import Testing

extension EndToEnd {
    /// What other people have on the nodes.
    @Suite("Foreign things", .serialized) struct ForeignThingsTests {
        /// A domain as somebody makes it by hand: no mark, nothing of kvmctl.
        private static func domain(_ name: String, disk: String? = nil) -> String {
            let device =
                disk.map {
                    "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='\($0)'/>"
                        + "<target dev='vda' bus='virtio'/></disk>"
                } ?? ""
            return """
                <domain type='qemu'><name>\(name)</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
                <os><type arch='x86_64' machine='q35'>hvm</type></os><devices>\(device)</devices></domain>
                """
        }

        private static func network(_ name: String, bridge: String) -> String {
            """
            <network><name>\(name)</name><forward mode='nat'/><bridge name='\(bridge)'/>
            <ip address='192.168.231.1' netmask='255.255.255.0'/></network>
            """
        }

        private static let spec = """
            networks:
              front: {mode: nat, cidr: 192.168.231.0/24, addresses: {from: 192.168.231.10, to: 192.168.231.20}, dhcp: none}
            instances:
              web: {profiles: [blank], count: 2, networks: [front], placement: {spread: node}, power: off}
              db: {profiles: [blank], networks: [front], disks: {data: {size: 1GiB}}, node: kvm1, power: off}
            """

        @Test("Foreign domains, volumes and networks survive apply, plan and destroy byte for byte")
        func survive() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "alien", Self.spec) { cluster in
                let before = try await Snapshot.take(lab)
                try await TestCluster.with(
                    lab, "alien-2", "instances:\n  web-1: {profiles: [blank], node: kvm1, power: off}"
                ) { neighbour in
                    try await neighbour.apply()
                    try await putForeignThings(lab)
                    do {
                        let foreign = try await snapshot(lab)
                        try await cluster.apply()
                        #expect(try await snapshot(lab) == foreign, "after apply")
                        try await putThingsThatUseOurs(lab)
                        let all = try await snapshot(lab)

                        let plan = try await cluster.planned("--detailed-exitcode", expecting: 0)
                        #expect(plan.steps.isEmpty, "\(plan)")
                        let listed = try await cluster.instances()
                        #expect(
                            listed.keys.sorted() == ["db", "web-1", "web-2"], "neither clone nor neighbour is ours")
                        try await removesItsOwnOnly(cluster)
                        #expect(try await snapshot(lab) == all, "after a deletion")
                        try await cluster.apply()

                        // The clone has a NIC in our network, which therefore stays, and is said to.
                        let destroy = try await cluster.run("destroy", ["--auto-approve", "--delete-data"]).expecting(6)
                        #expect(destroy.stdout.contains("alien.db-copy still has a NIC in it"), "\(destroy)")
                        #expect(try await snapshot(lab) == all, "after destroy")
                        let base = try await lab.onNode("kvm1", "ls /var/lib/libvirt/images/kvmctl-*").expecting()
                        #expect(!base.stdout.isEmpty, "somebody's disk stands on the base image: it stays")
                        try await neighbour.expectConverged()
                    } catch {
                        await Task { try? await removeForeignThings(lab) }.value
                        throw error
                    }
                    try await removeForeignThings(lab)
                }
                // The base image was needed by foreign disks until now; the next run that could need it takes it away.
                try await cluster.apply()
                try await cluster.destroy()
                let after = try await Snapshot.take(lab)
                #expect(after == before, "the pool went with what was in it")
            }
        }

        private func removesItsOwnOnly(_ cluster: TestCluster) async throws {
            try cluster.write(
                Self.spec.replacing("count: 2", with: "count: 1").replacing("placement: {spread: node}, ", with: ""))
            let plan = try await cluster.planned(expecting: 0)
            #expect(plan.names("delete") == plan.names("delete").filter { $0.hasPrefix("web-2 ") }, "\(plan)")
            try await cluster.apply("--max-deletes", "1")
            try await cluster.expectConverged()
            try cluster.write(Self.spec)
        }

        /// Things that are there before anything of ours is.
        private func putForeignThings(_ lab: Lab) async throws {
            try await lab.onNode(
                "kvm1",
                """
                set -e
                cd /var/lib/libvirt/images
                qemu-img create -q -f qcow2 alien.web-7.root.qcow2 8M
                qemu-img create -q -f qcow2 alien.ghost.data.qcow2 8M
                qemu-img create -q -f qcow2 kvmctl-notes.qcow2 8M
                echo mine > alien.web-7.seed.iso
                \(define("alien.web-9", Self.domain("alien.web-9")))
                cat > /tmp/x.xml <<'XML'
                \(Self.network("office", bridge: "virbr231"))
                XML
                virsh -q net-define /tmp/x.xml; rm /tmp/x.xml
                """
            ).expecting()
        }

        /// Things that point at ours: a clone with our mark in it, and a disk that stands on our base image.
        private func putThingsThatUseOurs(_ lab: Lab) async throws {
            try await lab.onNode(
                "kvm1",
                """
                set -e
                virt-clone --quiet --original alien.db --name alien.db-copy --auto-clone
                virsh dumpxml --inactive alien.db-copy | grep -q 'kvmctl' # the mark was copied
                cd /var/lib/libvirt/images
                base=$(ls /var/lib/libvirt/images/kvmctl-*.qcow2 | grep -v notes | head -n 1)
                qemu-img create -q -f qcow2 -F qcow2 -b "$base" somebody.qcow2
                \(define("somebody", Self.domain("somebody", disk: "/var/lib/libvirt/images/somebody.qcow2")))
                """, timeout: .seconds(120)
            ).expecting()
        }

        private func define(_ name: String, _ xml: String) -> String {
            "cat > /tmp/x.xml <<'XML'\n\(xml)\nXML\nvirsh -q define /tmp/x.xml; rm /tmp/x.xml"
        }

        /// The clone shares our seed, as virt-clone makes it, so that kvmctl could not remove that either.
        private func removeForeignThings(_ lab: Lab) async throws {
            try await lab.onNode(
                "kvm1",
                """
                for d in alien.web-9 alien.db-copy somebody; do virsh -q undefine $d; done
                virsh -q net-destroy office; virsh -q net-undefine office
                cd /var/lib/libvirt/images
                rm -f alien.web-7.* alien.ghost.* kvmctl-notes.qcow2 somebody.qcow2 alien.db-clone* alien.db.*-clone* alien.db.seed.iso
                true
                """
            ).expecting()
        }

        /// Definitions of everything foreign, and name, content and time of every foreign file.
        private func snapshot(_ lab: Lab) async throws -> String {
            try await lab.onNode(
                "kvm1",
                """
                for d in alien.web-9 alien.db-copy somebody alien-2.web-1; do
                    virsh dumpxml --inactive $d; virsh dumpxml $d; virsh dominfo $d | grep -E 'State|Autostart'
                done 2>/dev/null
                for n in office default; do virsh net-dumpxml $n; virsh net-info $n; done
                cd /var/lib/libvirt/images
                for f in alien.web-7.* alien.ghost.* kvmctl-notes* somebody* *-clone* alien-2.*; do
                    if [ -e "$f" ]; then stat -c '%n %i %s %y %a %U' "$f"; sha256sum "$f"; fi
                done
                """
            ).expecting().stdout
        }

        @Test(
            "A foreign network that is up on the same addresses is a refusal that names it, and nothing is done to it")
        func activeNetwork() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "alien", Self.spec) { cluster in
                try await lab.onNode(
                    "kvm1",
                    """
                    set -e
                    cat > /tmp/x.xml <<'XML'
                    \(Self.network("office", bridge: "virbr231"))
                    XML
                    virsh -q net-define /tmp/x.xml; rm /tmp/x.xml; virsh -q net-start office
                    """
                ).expecting()
                do {
                    let before = try await snapshot(lab)
                    // Where it is pinned it cannot be made; the others find room on the other node.
                    let plan = try await cluster.planned(expecting: 6)
                    let refusal = plan.refusals.first { $0.object.name == "db" }
                    #expect(refusal?.reason.contains("office") == true, "\(plan)")
                    try await cluster.apply(expecting: 6)
                    #expect(try await snapshot(lab) == before)
                    #expect(try await lab.objects("alien.", on: "kvm1") == [])
                } catch {
                    await Task { try? await removeForeignThings(lab) }.value
                    throw error
                }
                try await removeForeignThings(lab)
            }
        }

        @Test("A NAT network over the addresses that the node itself has is refused, and the node stays in reach")
        func ownAddresses() async throws {
            let lab = try await Lab.up()
            let ways = [
                (
                    "\(lab.subnet).0/29", "contains \(lab.subnet).1, the address from which this run reaches the node",
                    ""
                ),
                ("\(lab.subnet).64/29", "overlaps its own network \(lab.subnet).0/24 on br0", ""),
                ("\(lab.subnet).64/29", "overlaps its own network \(lab.subnet).0/24 on br0", ", node: kvm1"),
            ]
            let before = try await Snapshot.take(lab)
            try await TestCluster.with(lab, "cutoff") { cluster in
                func write(_ cidr: String, _ pin: String) throws {
                    try cluster.write(
                        """
                        networks: {front: {mode: nat, cidr: \(cidr)}}
                        instances: {web: {profiles: [blank], networks: [front], power: off\(pin)}}
                        """)
                }
                for (cidr, words, pin) in ways {
                    try write(cidr, pin)
                    let plan = try await cluster.planned(expecting: 6)
                    #expect(plan.refusals.map(\.object.name) == ["web"] && plan.steps.isEmpty, "\(plan)")
                    #expect(plan.refusals.first?.reason.contains("\(cidr) \(words)") == true, "\(plan)")
                    try await cluster.apply(expecting: 6)
                }
                // What the spec alone shows is told before any node is asked.
                try write("\(lab.subnet).0/24", "")
                let invalid = try await cluster.plan(expecting: 3)
                #expect(invalid.text.contains("covers the address of the node \"kvm1\""), "\(invalid)")
                try cluster.write("instances: {}\nnetworks: {front: {mode: nat, cidr: 192.168.239.0/24}}")
                #expect(try await Snapshot.take(lab) == before)
            }
        }

        @Test("A protected instance is neither pruned nor destroyed until protect is taken off")
        func protected() async throws {
            let lab = try await Lab.up()
            let spec = "instances:\n  db: {profiles: [blank], power: off, protect: true}"
            try await TestCluster.with(lab, "guarded", spec) { cluster in
                try await cluster.apply()
                let node = try #require(try await cluster.instances()["db"]?.node)
                let before = try await lab.objects("guarded.", on: node)
                try cluster.write("instances:\n  other: {profiles: [blank], power: off}")
                let plan = try await cluster.plan(expecting: 6)
                #expect(plan.stdout.contains("protect"), "\(plan)")
                try await cluster.apply("--max-deletes", "5", expecting: 6)
                try await cluster.run("destroy", ["--auto-approve", "--delete-data"]).expecting(6)
                #expect(try await lab.objects("guarded.db", on: node) == before)
                try cluster.write("instances:\n  db: {profiles: [blank], power: off, protect: false}")
                try await cluster.apply()
            }
        }
    }
}

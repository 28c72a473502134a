import Foundation
import Testing

extension EndToEnd.MigrationTests {
    /// A guest that changes its memory faster than the limited link takes it arrives all the same, and the report says
    /// by what: post-copy where the spec allows it, else by being slowed down and standing still for longer.
    ///
    /// Its processes take turns all the time: emulation of QEMU 7.2 forgets writes between two of them (docs/facts.md).
    func converges(_ cluster: TestCluster) async throws {
        let lab = cluster.lab
        let script = """
            cat >/run/busy.py <<'END'
            import os
            os.fork()
            b = bytearray(12 << 20)
            n = 0
            while True:
                n = (n + 1) & 255
                for start in range(0, len(b), 1 << 18):
                    b[start : start + (1 << 18) : 4096] = bytes([n]) * 64
                    os.sched_yield()
            END
            systemd-run --quiet --collect --unit=busy python3 /run/busy.py
            """
        try await lab.inGuest("guest", of: cluster.file, script).expecting()
        // A slower link needs no longer for what was written once: the disks are small.
        try cluster.write(spec(lab, node: "kvm1", migration: "{bandwidth: 16MiB/s, postCopy: true}"))
        let plan = try await cluster.plan().stdout
        #expect(plan.contains("at most 16MiB a second"), "\(plan)")
        #expect(plan.contains("post-copy where slowing the guest down is not enough"), "\(plan)")
        let fetched = try await cluster.apply().stderr
        #expect(fetched.contains("came to an end by post-copy"), "\(fetched)")
        try cluster.write(spec(lab, node: "kvm2", migration: "{bandwidth: 16MiB/s}"))
        let slowed = try await cluster.apply().stderr
        #expect(slowed.contains("came to an end by slowing the guest by"), "\(slowed)")
        try await lab.inGuest("guest", of: cluster.file, "systemctl is-active busy && systemctl stop busy").expecting()
    }

    /// Where the nodes do not reach each other the plan says so, and the guest goes through this machine; where they do
    /// and the spec says encrypted, it does too.
    func detours(_ cluster: TestCluster) async throws {
        let lab = cluster.lab
        try cluster.write(spec(lab, node: "kvm1"))
        try await block("add", lab)
        do {
            let plan = try await cluster.plan().stdout
            #expect(plan.contains("live, encrypted, through the ssh sessions of this machine"), "\(plan)")
            #expect(plan.contains("kvm2 does not reach kvm1: "), "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
        } catch {
            try await block("delete", lab)
            throw error
        }
        try await block("delete", lab)
        try cluster.write(spec(lab, node: "kvm2", migration: "{encrypted: true}"))
        let plan = try await cluster.plan().stdout
        #expect(plan.contains("live, encrypted, through the ssh sessions of this machine"), "\(plan)")
        #expect(!plan.contains("does not reach"), "\(plan)")
        try await cluster.apply()
        #expect(try await lab.objects("moves.", on: "kvm1") == [])
    }

    /// Takes the nodes' way to each other away, or gives it back; the machine reaches both.
    private func block(_ verb: String, _ lab: Lab) async throws {
        for (node, other) in [("kvm1", "kvm2"), ("kvm2", "kvm1")] {
            try await lab.onNode(node, "ip route \(verb) unreachable \(lab.address(of: other))/32").expecting()
        }
    }
}

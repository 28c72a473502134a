import Foundation
import Testing

extension EndToEnd.MigrationTests {
    /// A guest that changes its memory faster than the limited link takes it arrives all the same, and the report says
    /// by what: post-copy where the spec allows it, else by being slowed down and standing still for longer.
    ///
    /// Its processes take turns all the time: emulation of QEMU 7.2 forgets writes between two of them (docs/facts.md).
    func converges(_ cluster: TestCluster, _ before: String) async throws {
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
        #expect(plan.contains("at most 16MiB/s"), "\(plan)")
        #expect(plan.contains("post-copy if auto-converge is not enough"), "\(plan)")
        let fetched = try await cluster.apply().stderr
        #expect(fetched.contains("post-copy"), "\(fetched)")
        try cluster.write(spec(lab, node: "kvm2", migration: "{bandwidth: 16MiB/s}"))
        let slowed = try await cluster.apply().stderr
        #expect(slowed.contains("auto-converge at"), "\(slowed)")
        #expect(try await identity(of: cluster) == before)
        let isKept = try await resumes(cluster)
        guard isKept else { return }
        try await lab.inGuest("guest", of: cluster.file, "systemctl is-active busy && systemctl stop busy").expecting()
        #expect(try await identity(of: cluster) == before)
    }

    /// Killed in post-copy, with the guest at its destination and a part of its memory not: the next run fetches the rest.
    ///
    /// What goes from node to node goes on without the program that is killed; what goes through it breaks off, which QEMU
    /// does not survive every time: a guest that was in the middle of an access to a device may hold up its QEMU for ever. Then
    /// the step says so, and the guest boots again from the same disks.
    /// - Returns: whether its memory came through.
    private func resumes(_ cluster: TestCluster) async throws -> Bool {
        let lab = cluster.lab
        try cluster.write(
            spec(lab, node: "kvm1", migration: "{bandwidth: 12MiB/s, postCopy: true}"))
        let apply = try cluster.startApply()
        #expect(try await apply.reached("started", "guest/move-migrate"))
        let script = "until virsh domstate --reason moves.guest 2>&1 | grep -q post-copy; do sleep 0.05; done"
        try await lab.onNode("kvm1", "timeout 150 sh -c '\(script)'").expecting()
        apply.signal(SIGKILL)
        _ = try await apply.output()
        try await Task.sleep(for: .seconds(3))
        let plan = try await cluster.plan("--detailed-exitcode", expecting: 2).stdout
        let isBroken = plan.contains("it first fetches the rest of its memory from kvm2")
        let resumed = try await cluster.run("apply", ["--auto-approve"], timeout: .seconds(180))
        let isKept = resumed.status == 0
        if isKept {
            if isBroken { #expect(resumed.stderr.contains("post-copy"), "\(resumed)") }
        } else {
            let states = try await lab.onNode("kvm2", "virsh domstate --reason moves.guest").expecting().stdout
            #expect(states.contains("post-copy failed"), "the source keeps what it has: \(states)")
            #expect(resumed.text.contains("`virsh destroy moves.guest` on kvm1"), "\(resumed)")
            let end =
                "virsh destroy moves.guest; sleep 2; ! virsh -q list --name | grep -qx moves.guest && "
                + "virsh start moves.guest"
            try await lab.onNode("kvm1", end).expecting()
            try await cluster.apply()
        }
        print(
            "moves: killed in post-copy, and \(isKept ? "resumed" : "not to be resumed, as its QEMU waits for memory")")
        try await cluster.expectConverged()
        #expect(try await lab.objects("moves.", on: "kvm2") == [])
        try cluster.write(spec(lab, node: "kvm2"))
        try await cluster.apply()
        return isKept
    }

    /// Where a pool has another path on the destination, files go there and base images are found there; and back.
    func changesPaths(_ cluster: TestCluster, _ coldSum: String) async throws {
        let lab = cluster.lab
        let folder = "/srv/elsewhere"
        try await lab.onNode("kvm1", "mkdir -p \(folder) && mount -t tmpfs -o size=900m elsewhere \(folder)")
            .expecting()
        let nodeText = ["kvm1": "pools: {local: {path: \(folder)}}"]
        let chain = "qemu-img info -U --backing-chain moves.cold.root.qcow2 | sed -n 's/^image: //p'"
        try cluster.write(spec(lab, node: "kvm1"), nodeText: nodeText)
        let plan = try await cluster.plan().stdout
        #expect(plan.contains("from /var/lib/libvirt/images on kvm2 to \(folder) on kvm1"), "\(plan)")
        try await runsFull(cluster, folder, nodeText)
        try cluster.write(spec(lab, node: "kvm1"), nodeText: nodeText)
        try await cluster.apply()
        try await cluster.expectConverged()
        #expect(try await sumOfColdDisk(lab, on: "kvm1", in: folder) == coldSum)
        #expect(try await lab.objects("moves.", on: "kvm2") == [])
        let files = try await lab.onNode("kvm1", "cd \(folder) && \(chain)").expecting().stdout
        #expect(files.split(separator: "\n").count == 2 && !files.contains("/var/lib"), "\(files)")
        let xml = try await lab.onNode("kvm1", "virsh dumpxml moves.guest; virsh dumpxml --inactive moves.guest")
            .expecting().stdout
        #expect(xml.contains("\(folder)/moves.guest.root.qcow2") && !xml.contains("/var/lib/libvirt/images"), "\(xml)")
        try cluster.write(spec(lab, node: "kvm2"), nodeText: nodeText)
        try await cluster.apply()
        try await cluster.expectConverged()
        #expect(try await lab.objects("moves.", on: "kvm1") == [])
        #expect(try await lab.onNode("kvm1", "ls \(folder) | grep -c moves").stdout == "0\n")
        try await lab.onNode(
            "kvm1",
            "pool=$(virsh -q pool-list --name | while read p; do virsh pool-dumpxml $p | grep -q '\(folder)' && echo $p; done);"
                + " virsh pool-destroy $pool && virsh pool-undefine $pool && umount \(folder) && rmdir \(folder)"
        ).expecting()
    }

    /// A destination that runs full while a guest comes keeps nothing of it that runs, and the guest goes on where it was.
    private func runsFull(_ cluster: TestCluster, _ folder: String, _ nodeText: [String: String]) async throws {
        let start = ContinuousClock.now
        let lab = cluster.lab
        let before = try await identity(of: cluster)
        // A slow link: the destination is full before all has come, however fast its nodes are.
        try cluster.write(spec(lab, node: "kvm1", migration: "{bandwidth: 8MiB/s}"), nodeText: nodeText)
        async let filled = lab.onNode(
            "kvm1",
            """
            end=$(($(date +%s) + 120))
            until [ -s /run/libvirt/qemu/moves.guest.pid ]; do [ "$(date +%s)" -lt $end ] || exit 1; done
            # The guest's disk takes room at the same time: what is left is filled until nothing is.
            while free=$(df --output=avail -B1 \(folder) | tail -n 1); [ "$free" -gt 0 ]; do
                [ "$(date +%s)" -lt $end ] || exit 1
                fallocate -l "$free" \(folder)/filler.$free || head -c "$free" /dev/zero >\(folder)/filler.$free || true
            done
            """, timeout: .seconds(150))
        let full = try await cluster.apply(expecting: 1)
        try await filled.expecting()
        #expect(full.text.contains("No space left on device"), "\(full)")
        try await expectOneRuns(lab, "the destination is full")
        #expect(try await identity(of: cluster) == before, "it goes on where it was")
        try await lab.onNode("kvm1", "rm \(folder)/filler.*").expecting()
        print("moves: the destination is full: \(start.duration(to: .now))")
    }

    /// Where the nodes do not reach each other the plan says so, and the guest goes through this machine; where they do
    /// and the spec says encrypted, it does too.
    func detours(_ cluster: TestCluster) async throws {
        let lab = cluster.lab
        try cluster.write(spec(lab, node: "kvm1"))
        try await block("add", lab)
        do {
            let plan = try await cluster.plan().stdout
            #expect(plan.contains("live, encrypted, over ssh through this machine"), "\(plan)")
            #expect(plan.contains("kvm2 cannot reach kvm1: "), "\(plan)")
            try await cluster.apply()
            try await cluster.expectConverged()
        } catch {
            try await block("delete", lab)
            throw error
        }
        try await block("delete", lab)
        try await seesFirewall(cluster)
        try cluster.write(spec(lab, node: "kvm2", migration: "{encrypted: true}"))
        let plan = try await cluster.plan().stdout
        #expect(plan.contains("live, encrypted, over ssh through this machine"), "\(plan)")
        #expect(!plan.contains("cannot reach"), "\(plan)")
        try await cluster.apply()
        #expect(try await lab.objects("moves.", on: "kvm1") == [])
    }

    /// A firewall that answers in its node's name does not look like an open port.
    private func seesFirewall(_ cluster: TestCluster) async throws {
        let lab = cluster.lab
        try cluster.write(spec(lab, node: "kvm2"))
        let rule = "INPUT -p tcp --dport 49152:49215 -j REJECT --reject-with tcp-reset"
        try await lab.onNode("kvm2", "iptables -I \(rule)").expecting()
        let plan = try await cluster.run("plan", [], timeout: .seconds(120))
        try await lab.onNode("kvm2", "iptables -D \(rule)").expecting()
        #expect(plan.stdout.contains("a firewall rejects the connection"), "\(plan)")
    }

    /// Takes the nodes' way to each other away, or gives it back; the machine reaches both.
    private func block(_ verb: String, _ lab: Lab) async throws {
        for (node, other) in [("kvm1", "kvm2"), ("kvm2", "kvm1")] {
            try await lab.onNode(node, "ip route \(verb) unreachable \(lab.address(of: other))/32").expecting()
        }
    }
}

import Reconciler
import SSH
import Spec
import TestNames
import Testing

@testable import Fleet

/// What a doctor makes of what nodes were heard to say.
@Suite("Examining a node")
struct NodeSignsTests {
    /// A node where all is well, and lines that take the place of its own.
    private func signs(_ more: String = "") -> NodeSigns {
        NodeSigns(
            reading: """
                time 1764122400.5
                architecture x86_64
                hostname kvm1
                machine 0123456789abcdef0123456789abcdef
                kvm-device yes
                virtualization yes
                nested Y
                name 0 100.10 100.12 kvm1
                sshd maxsessions 10
                sshd maxstartups 10:30:100
                sshd allowstreamlocalforwarding yes
                folder 0 yes
                mount 0 /var
                room 0 4096 1000000
                access user 0 libvirt-qemu
                nonsense
                \(more)
                """)
    }

    private func pool(shared: Bool = false) -> Pool {
        var pool = Pool(name: name("local"), path: "/srv/my vms/a")
        pool.shared = shared
        return pool
    }

    private func poolCheck(_ more: String, shared: Bool = false, inLibvirt: Bool = false) -> NodeCheck {
        let signs = signs(more)
        let active = ObservedPool(
            name: "a", path: "/srv/my vms/a", isActive: true, autostart: true, capacity: Size(bytes: 0),
            available: Size(bytes: 0))
        return signs.poolCheck(
            name("local"), pool(shared: shared), folder: signs.folders[0], inLibvirt: inLibvirt ? active : nil)
    }

    @Test("a node where all is well gets no complaint")
    func well() {
        let signs = signs()
        let checks = [
            signs.processorCheck(), signs.kvmCheck(works: nil), signs.toolsCheck(), signs.nameCheck(),
            signs.sessionsCheck(), poolCheck(""),
        ]
        for check in checks { #expect(check.verdict == .good && check.remedy == nil, "\(check)") }
        #expect(signs.kvmCheck(works: true).summary == "KVM works; nested virtualization is on")
        #expect(poolCheck("").summary == "local: /srv/my vms/a, 3906MiB free, accessible for QEMU's user libvirt-qemu")
    }

    @Test(
        "processors of another kind are refused by name",
        arguments: [
            ("architecture riscv64", NodeCheck.Verdict.bad), ("architecture aarch64", .good),
            ("architecture x86_64", .good),
        ])
    func processors(line: String, verdict: NodeCheck.Verdict) {
        let check = signs(line).processorCheck()
        #expect(check.verdict == verdict)
        if verdict == .bad {
            #expect(
                check.summary == "its architecture is riscv64, but kvmctl supports guests of x86_64 or aarch64 only")
        }
    }

    @Test("emulation is a warning; the remedy tells a missing module from firmware that has it off")
    func kvm() {
        #expect(signs().kvmCheck(works: false).verdict == .warning)
        #expect(signs().kvmCheck(works: false).remedy?.contains("modprobe kvm_intel") == true)
        let check = NodeSigns(reading: "architecture x86_64").kvmCheck(works: nil)
        #expect(check.verdict == .warning && check.remedy?.contains("firmware") == true)
    }

    @Test("missing programs are told at once, with their packages; those that few need are a warning")
    func tools() {
        let needed = signs("missing flock\nmissing qemu-img\nmissing git").toolsCheck()
        #expect(needed.verdict == .bad)
        #expect(
            needed.summary
                == "missing: flock, qemu-img, git (for websites whose repository the node fetches)")
        #expect(needed.remedy?.contains("apt install git qemu-utils util-linux.") == true)
        #expect(needed.remedy?.contains("dnf install git qemu-img util-linux.") == true)
        #expect(signs("missing curl").toolsCheck().verdict == .warning)
    }

    @Test(
        "a name that is slow or unknown is told with the line for /etc/hosts",
        arguments: [
            ("name 2 100.0 110.02 kvm1", "it takes 10.0 s to resolve its own name kvm1"),
            ("name 0 100.0 105.00 kvm1", "it takes 5.0 s to resolve its own name kvm1"),
            ("name 2 100.0 100.01 kvm1", "it cannot resolve its own name kvm1"),
        ])
    func ownName(line: String, words: String) {
        let check = signs(line).nameCheck()
        #expect(check.verdict == .bad && check.summary.hasPrefix(words), "\(check)")
        #expect(check.remedy == "Add it to /etc/hosts there: 127.0.1.1 kvm1")
    }

    @Test("other nodes' names are bad where they are slow, a warning where they are unknown at once")
    func peers() {
        func check(_ lines: String, _ names: [String] = ["kvm2", "kvm3"]) -> NodeCheck? {
            signs().peersCheck(NodeSigns(reading: lines).names, of: names)
        }
        #expect(check("", []) == nil)
        #expect(check("name 0 1.0 1.1 kvm2\nname 0 1.1 1.2 kvm3")?.summary == "it resolves kvm2, kvm3")
        #expect(check("name 2 1.0 1.1 kvm2\nname 0 1.1 1.2 kvm3")?.verdict == .warning)
        let slow = check("name 2 1.0 11.0 kvm2\nname 0 1.1 1.2 kvm3")
        #expect(slow?.verdict == .bad)
        #expect(slow?.summary == "resolving the names of other nodes is slow: kvm2 (10.0 s)")
        // What was asked for and not answered is not known to be well.
        #expect(check("")?.verdict == .unknown)
        #expect(check("name 0 1.0 1.1 kvm2")?.summary == "the names kvm3 could not be resolved")
        let failed = signs().peersCheck([:], of: ["kvm2"], "the link was lost")
        #expect(failed?.summary == "the names kvm2 could not be resolved: the link was lost")
    }

    @Test(
        "a node that takes too long is not said to have a chatty shell",
        arguments: [
            (StepProblem("examining the node did not finish within 60 s and was aborted"), true),
            (SSHError(target: "kvm1", reason: .timeout(.seconds(60), waitingFor: "the end of sh")), true),
            (LocalShellError.timeout("sh", .seconds(60)), true), (LocalShellError.noCommand, false),
        ] as [(any Error, Bool)])
    func unreachable(error: any Error, isLate: Bool) {
        let check = NodeSigns.unreachable(because: error)
        #expect(check.verdict == .bad)
        #expect(check.summary.hasPrefix("its shell does not run kvmctl's commands") == !isLate, "\(check)")
        #expect(check.remedy?.contains("file servers") == isLate, "\(check)")
    }

    @Test("a blocked migration names the ports that the destination is set to")
    func ports() {
        let check = NodeSigns.blockedMigration(to: name("kvm2"), "refused", ports: 50_000...50_010)
        #expect(check.remedy == "Open TCP 50000-50010 on kvm2 for this node, or set migration: {encrypted: true}.")
    }

    @Test(
        "a clock counts from two seconds on, less what asking took",
        arguments: [
            (0.4, 0.1, NodeCheck.Verdict.good), (2.4, 0.5, .good), (-3.0, 0.2, .warning), (31.0, 0.5, .bad),
            (-86_400.0, 0.5, .bad),
        ])
    func clock(offset: Double, uncertainty: Double, verdict: NodeCheck.Verdict) {
        let check = NodeSigns.clockCheck(offset: offset, uncertainty: uncertainty)
        #expect(check.verdict == verdict)
        if verdict != .good { #expect(check.summary.contains(offset > 0 ? "ahead of" : "behind"), "\(check)") }
    }

    @Test(
        "sshd's limits are judged by what a run needs",
        arguments: [
            ("sshd maxsessions 1", NodeCheck.Verdict.warning, "sshd allows 1 session in a connection (MaxSessions)"),
            ("sshd maxsessions 4", .warning, "sshd allows 4 sessions in a connection (MaxSessions)"),
            ("sshd maxstartups 1:30:100", .warning, "sshd accepts only 1 unauthenticated connections at a time"),
            ("sshd allowstreamlocalforwarding no", .bad, "sshd does not forward sockets"),
        ])
    func sessions(line: String, verdict: NodeCheck.Verdict, words: String) {
        let check = signs(line).sessionsCheck()
        #expect(check.verdict == verdict && check.summary.hasPrefix(words) && check.remedy != nil, "\(check)")
        #expect(NodeSigns(reading: "hostname kvm1").sessionsCheck().verdict == .unknown)
    }

    @Test(
        "a pool's folder that guests cannot use is bad",
        arguments: [
            ("access closed 0 nfs4", "local: root may not write to /srv/my vms/a", "no_root_squash"),
            ("access closed 0 ext2/ext3", "local: /srv/my vms/a is read-only (ext2/ext3)", "remount,rw"),
            (
                "access blocked 0 /srv/my vms", "local: QEMU runs as libvirt-qemu, which has no access to /srv/my vms",
                "chmod o+x"
            ),
            (
                "access label 0 system_u:object_r:default_t:s0", "local: SELinux forbids QEMU to use files",
                "restorecon"
            ),
            ("room 0 4096 100", "local: /srv/my vms/a is full: 0MiB free", "Free space"),
        ])
    func folders(line: String, summary: String, remedy: String) {
        let check = poolCheck(line)
        #expect(check.verdict == .bad && check.summary.hasPrefix(summary), "\(check)")
        #expect(check.remedy?.contains(remedy) == true, "\(check)")
        #expect(poolCheck("access label 0 system_u:object_r:virt_image_t:s0").verdict == .good)
    }

    @Test("a folder that is not there is made, unless libvirt has a pool over it; a shared one has to be mounted")
    func mounts() {
        #expect(poolCheck("folder 0 no").verdict == .good)
        let unasked = signs("folder 0 no").poolCheck(
            name("local"), pool(), folder: signs("folder 0 no").folders[0], inLibvirt: nil, isAsked: false)
        #expect(unasked.verdict == .unknown)
        #expect(poolCheck("folder 0 no", inLibvirt: true).verdict == .bad)
        #expect(poolCheck("mount 0 /", shared: true).verdict == .bad)
        #expect(poolCheck("mount 0 /srv", shared: true).verdict == .good)
    }

    @Test("two nodes with one identity are told")
    func identity() {
        let other = [name("kvm2")]
        func check(_ machine: String, _ likeMachine: [Name], _ likeHost: [Name]) -> NodeCheck {
            NodeSigns.identityCheck(machine: machine, hostUUID: "u", likeMachine: likeMachine, likeHost: likeHost)
        }
        #expect(check("m", [], []).verdict == .good)
        #expect(check("m", other, []).summary.contains("its /etc/machine-id is the same as on kvm2"))
        #expect(check("m", other, other).summary.contains("host UUID is the same as on kvm2"))
        #expect(check("", [], []).verdict == .warning)
        // What a run knows the node by stays where only the machine-id is the same, and D-Bus gives no copy of it back.
        let fresh = "rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup"
        let ofMachine = check("m", other, []).remedy ?? ""
        #expect(ofMachine.contains("On this one: write host_uuid = \"u\" into") && ofMachine.contains(fresh))
        let ofHost = check("m", [], other).remedy ?? ""
        #expect(ofHost.contains("On one of them, set another host_uuid") && !ofHost.contains("machine-id"))
        let ofBoth = check("m", other, other).remedy ?? ""
        #expect(ofBoth.contains("On the one without instances: set another host_uuid") && ofBoth.contains(fresh))
    }

    @Test("numbers and words that make no sense are overlooked")
    func nonsense() {
        let odd = NodeSigns(
            reading:
                "folder\nfolder x yes\nfolder 99999 yes\nroom 0 1\naccess\naccess blocked\nname 0 a b c\ntime x\nsshd")
        #expect(odd.names.isEmpty && odd.time == nil && odd.sshd.isEmpty)
        #expect(odd.folders.count <= 1)
    }
}

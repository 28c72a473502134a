import Reconciler
import SSH
import Spec

/// What the signs mean: pure, so that recorded answers test it.
extension NodeSigns {
    /// A node that was asked and did not tell: one that takes too long is another fault than one whose shell says something else.
    static func unreachable(because error: any Error) -> NodeCheck {
        let why = PlainText.line(String(describing: error))
        let late = "Check what the node waits for: its disks, its file servers (mount -t nfs,nfs4), its load."
        if error is StepProblem { return NodeCheck(.tools, .bad, why, remedy: late) }
        if case .timeout? = (error as? SSHError)?.reason { return NodeCheck(.tools, .bad, why, remedy: late) }
        if case .timeout? = error as? LocalShellError { return NodeCheck(.tools, .bad, why, remedy: late) }
        return NodeCheck(
            .tools, .bad, "its shell does not run kvmctl's commands: \(why)",
            remedy: "Run them by hand: ssh to the node, and check what its login shell prints.")
    }

    /// The processors, which have to be those of the guests.
    func processorCheck() -> NodeCheck {
        guard let problem = Architecture.problem(architecture) else {
            return NodeCheck(.processors, .good, architecture)
        }
        return NodeCheck(
            .processors, .bad, problem, remedy: "Use nodes with \(Architecture.supported) processors.")
    }

    /// Whether guests run on the processor itself.
    ///
    /// - Parameter works: what libvirt found when it tried; nil where it could not be asked.
    func kvmCheck(works: Bool?) -> NodeCheck {
        let nested =
            switch isNested {
            case true?: "; nested virtualization is on"
            case false?:
                "; nested virtualization is off (\(NodeDevices.howToNest))"
            case nil: ""
            }
        if works ?? hasKVMDevice { return NodeCheck(.kvm, .good, "KVM works" + nested) }
        let remedy =
            hasVirtualization
            ? "Load the module: modprobe kvm_intel, or kvm_amd."
            : "Enable virtualization in the machine's firmware, or nested virtualization on its host."
        return NodeCheck(.kvm, .warning, "KVM is missing: guests are emulated, and slow", remedy: remedy)
    }

    /// The programs that kvmctl runs there.
    func toolsCheck() -> NodeCheck {
        let absent = NodeTool.all.filter { missing.contains($0.name) }
        guard !absent.isEmpty else {
            return NodeCheck(.tools, .good, "all \(NodeTool.all.count) programs are installed")
        }
        let needed = absent.filter { $0.need == .always }
        let words = absent.map { tool in
            if case .only(let what) = tool.need { "\(tool.name) (for \(what))" } else { tool.name }
        }
        return NodeCheck(
            .tools, needed.isEmpty ? .warning : .bad, "missing: " + words.joined(separator: ", "),
            remedy: NodeTool.installation(of: absent, with: packageManager)
                + ". Or set PATH for non-interactive sessions."
        )
    }

    /// The node's own name: libvirt asks for it at every start of a guest and in every migration.
    func nameCheck() -> NodeCheck {
        let line = "127.0.1.1 \(hostname)"
        let remedy = "Add it to /etc/hosts there: \(line)"
        guard let own = names[hostname] else {
            return NodeCheck(.name, .unknown, "its own name could not be resolved", remedy: remedy)
        }
        let time = NodeSigns.seconds(own.seconds)
        if own.seconds >= NodeSigns.patience {
            return NodeCheck(
                .name, .bad,
                "it takes \(time) to resolve its own name \(hostname), which delays each start of a guest, and migrations by a minute",
                remedy: remedy)
        }
        guard own.isFound else {
            return NodeCheck(.name, .bad, "it cannot resolve its own name \(hostname)", remedy: remedy)
        }
        return NodeCheck(.name, .good, "\(hostname), resolved at once")
    }

    /// The names of the other nodes, by which libvirt finds them in a migration.
    ///
    /// - Parameters:
    ///   - names: those that were asked for.
    ///   - failure: why there is no answer.
    func peersCheck(_ peers: [String: Resolution], of names: [String], _ failure: String? = nil) -> NodeCheck? {
        guard !names.isEmpty else { return nil }
        let unasked = names.filter { peers[$0] == nil }.sorted()
        guard unasked.isEmpty else {
            return NodeCheck(
                .peers, .unknown,
                "the names \(unasked.joined(separator: ", ")) could not be resolved"
                    + (failure.map { ": \($0)" } ?? ""),
                remedy: "Resolve them there by hand: getent ahosts \(unasked[0])")
        }
        let slow = peers.filter { $0.value.seconds >= NodeSigns.patience }
        if !slow.isEmpty {
            let words = slow.sorted { $0.key < $1.key }.map { "\($0.key) (\(NodeSigns.seconds($0.value.seconds)))" }
            return NodeCheck(
                .peers, .bad, "resolving the names of other nodes is slow: " + words.joined(separator: ", "),
                remedy: "Add them to /etc/hosts there, or repair its resolver: it delays migrations.")
        }
        let unknown = peers.filter { !$0.value.isFound }.keys.sorted()
        guard unknown.isEmpty else {
            return NodeCheck(
                .peers, .warning, "it cannot resolve the names " + unknown.joined(separator: ", "),
                remedy: "Add them to /etc/hosts there; until then migrations use addresses.")
        }
        return NodeCheck(.peers, .good, "it resolves " + peers.keys.sorted().joined(separator: ", "))
    }

    /// Another node that guests cannot migrate to.
    static func blockedMigration(to node: Name, _ why: String, ports: ClosedRange<Int>) -> NodeCheck {
        NodeCheck(
            .migration, .bad, "guests cannot be migrated to \(node): \(why)",
            remedy: "Open TCP \(ports.lowerBound)-\(ports.upperBound) on \(node) for this node, or set "
                + "migration: {encrypted: true}.")
    }

    /// The node's clock against this machine's.
    ///
    /// - Parameters:
    ///   - offset: how far it is ahead, in seconds.
    ///   - uncertainty: how exact that is: half of the time that asking took.
    static func clockCheck(offset: Double, uncertainty: Double) -> NodeCheck {
        let certain = max(0, offset.magnitude - uncertainty)
        let direction = offset > 0 ? "ahead of" : "behind"
        guard certain >= 2 else { return NodeCheck(.clock, .good, "agrees with this machine's") }
        return NodeCheck(
            .clock, certain >= 30 ? .bad : .warning, "\(seconds(offset.magnitude)) \(direction) this machine's",
            remedy: "Synchronize the node's clock: systemctl enable --now systemd-timesyncd, or chrony.")
    }

    /// What sshd allows; each of kvmctl's sessions to a node uses a few channels at once.
    func sessionsCheck() -> NodeCheck {
        guard let sessions = sshd["maxsessions"].flatMap({ Int($0) }) else {
            return NodeCheck(
                .sessions, .unknown, "sshd's settings cannot be read",
                remedy: "Check them there: sshd -T | grep -i -e maxsessions -e maxstartups")
        }
        let startups = sshd["maxstartups"] ?? "unknown"
        let remedy = "Set MaxSessions 10 in /etc/ssh/sshd_config there, and reload sshd."
        if sshd["allowstreamlocalforwarding"] == "no" {
            return NodeCheck(
                .sessions, .bad, "sshd does not forward sockets, so libvirt cannot be reached",
                remedy: "Set AllowStreamLocalForwarding yes in /etc/ssh/sshd_config there, and reload sshd.")
        }
        guard sessions >= 10 else {
            return NodeCheck(
                .sessions, sessions < 1 ? .bad : .warning,
                "sshd allows \(sessions) session\(sessions == 1 ? "" : "s") in a connection (MaxSessions)",
                remedy: remedy)
        }
        if let first = startups.split(separator: ":").first.flatMap({ Int($0) }), first < 3 {
            return NodeCheck(
                .sessions, .warning,
                "sshd accepts only \(first) unauthenticated connections at a time (MaxStartups \(startups))",
                remedy: "Set MaxStartups 10:30:100 in /etc/ssh/sshd_config there, and reload sshd.")
        }
        return NodeCheck(.sessions, .good, "MaxSessions \(sessions), MaxStartups \(startups)")
    }

    /// One pool's folder.
    ///
    /// - Parameters:
    ///   - inLibvirt: libvirt's pool over it; nil where there is none.
    ///   - isAsked: whether libvirt could be asked for it.
    func poolCheck(
        _ name: Name, _ pool: Pool, folder: Folder, inLibvirt: ObservedPool?, isAsked: Bool = true
    ) -> NodeCheck {
        let path = pool.path
        if let problem = folder.access.problem(of: path) {
            return NodeCheck(.pools, .bad, "\(name): \(problem.reason)", remedy: "On the node: \(problem.remedy)")
        }
        guard folder.exists else {
            guard inLibvirt == nil else {
                return NodeCheck(
                    .pools, .bad, "\(name): \(path) does not exist, although libvirt has a pool for it",
                    remedy: "Mount its file system, or create the folder.")
            }
            guard isAsked else {
                return NodeCheck(
                    .pools, .unknown,
                    "\(name): \(path) does not exist, and libvirt could not be asked whether it has a pool for it",
                    remedy: "Repair libvirt first.")
            }
            return NodeCheck(
                .pools, .good, "\(name): \(path) does not exist yet; the first apply that needs it creates it")
        }
        if pool.type.isMounted, inLibvirt?.isActive != true {
            return NodeCheck(
                .pools, .good,
                "\(name): \(pool.source.origin ?? "its file system") is mounted at \(path) by the first apply that needs it"
            )
        }
        if pool.shared, folder.mountPoint == "/" {
            return NodeCheck(
                .pools, .bad, "\(name): the spec says that it is shared, but nothing is mounted at \(path)",
                remedy: "Mount the shared file system there, or remove shared: true.")
        }
        let space = folder.available.map { Size(bytes: $0) }
        let words = space.map { "\($0.bytes >> 20)MiB free" } ?? "free space unknown"
        guard (space?.bytes ?? .max) >= 1 << 30 else {
            return NodeCheck(
                .pools, .bad, "\(name): \(path) is full: \(words)", remedy: "Free space, or give the pool another path."
            )
        }
        let user = folder.access.user.map { ", accessible for QEMU's user \($0)" } ?? ""
        return NodeCheck(.pools, .good, "\(name): \(path), \(words)\(user)")
    }

    /// Nodes that say that they are the same machine.
    static func identityCheck(machine: String, hostUUID: String?, likeMachine: [Name], likeHost: [Name]) -> NodeCheck {
        func list(_ names: [Name]) -> String { names.map(\.text).sorted().joined(separator: ", ") }
        if !likeHost.isEmpty {
            return NodeCheck(
                .identity, .bad,
                "its libvirt host UUID is the same as on \(list(likeHost)): libvirt refuses migrations between them",
                remedy: likeMachine.isEmpty
                    ? "On one of them, set another host_uuid in /etc/libvirt/libvirtd.conf (uuidgen), and restart the daemon."
                    : "Their /etc/machine-id is the same, too. On the one without instances: set another host_uuid in "
                        + "/etc/libvirt/libvirtd.conf (uuidgen); \(newMachineID); then reboot it.")
        }
        if !likeMachine.isEmpty {
            return NodeCheck(
                .identity, .bad,
                "its /etc/machine-id is the same as on \(list(likeMachine)): they were cloned from one template",
                remedy: hostUUID.map {
                    "kvmctl distinguishes them by libvirt's host UUID; other programs may not. On this one: write host_uuid = "
                        + "\"\($0)\" into /etc/libvirt/libvirtd.conf, by which the next apply identifies it; then "
                        + "\(newMachineID); then reboot it."
                } ?? "On the one without instances: \(newMachineID); then reboot it.")
        }
        guard !machine.isEmpty else {
            return NodeCheck(
                .identity, .warning, "it has no /etc/machine-id",
                remedy: "On the node: systemd-machine-id-setup. The machine-id identifies the machine.")
        }
        return NodeCheck(.identity, .good, "no other node has its machine-id")
    }

    /// Where D-Bus has a copy of the old machine-id, the new one would be made from that.
    private static let newMachineID =
        "rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup"

    /// From how many seconds on a name is too slow.
    private static let patience = 1.0

    private static func seconds(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

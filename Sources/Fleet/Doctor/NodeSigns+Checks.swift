import Reconciler
import SSH
import Spec

/// What the signs mean: pure, so that recorded answers test it.
extension NodeSigns {
    /// A node that was asked and did not tell: one that takes too long is another fault than one whose shell says something else.
    static func silence(because error: any Error) -> NodeCheck {
        let why = PlainText.line(String(describing: error))
        let late = "Look at what the node waits for: its disks, its file servers (mount -t nfs,nfs4), its load."
        if error is StepProblem { return NodeCheck(.tools, .bad, why, remedy: late) }
        if case .timeout? = (error as? SSHError)?.reason { return NodeCheck(.tools, .bad, why, remedy: late) }
        if case .timeout? = error as? LocalShellError { return NodeCheck(.tools, .bad, why, remedy: late) }
        return NodeCheck(
            .tools, .bad, "its shell does not run kvmctl's commands: \(why)",
            remedy: "Run them by hand: ssh to the node, and look what its login shell prints.")
    }

    /// The processors, which have to be those of the guests.
    func processorCheck() -> NodeCheck {
        guard let problem = Architecture.problem(architecture) else {
            return NodeCheck(.processors, .good, architecture)
        }
        return NodeCheck(
            .processors, .bad, problem, remedy: "Use nodes with x86_64 processors; others are not supported yet.")
    }

    /// Whether guests run on the processor itself.
    ///
    /// - Parameter works: what libvirt found when it tried; nil where it could not be asked.
    func kvmCheck(works: Bool?) -> NodeCheck {
        let nested =
            switch isNested {
            case true?: "; guests may have guests (nested)"
            case false?: "; guests may not have guests (nested is off)"
            case nil: ""
            }
        if works ?? hasKVMDevice { return NodeCheck(.kvm, .good, "guests run on the processor" + nested) }
        let remedy =
            hasVirtualization
            ? "Load the module: modprobe kvm_intel, or kvm_amd."
            : "Switch virtualization on in the machine's firmware, or nested virtualization on its host."
        return NodeCheck(.kvm, .warning, "there is no KVM: guests are emulated, and slow", remedy: remedy)
    }

    /// The programs that kvmctl runs there.
    func toolsCheck() -> NodeCheck {
        let absent = NodeTool.all.filter { missing.contains($0.name) }
        guard !absent.isEmpty else { return NodeCheck(.tools, .good, "all \(NodeTool.all.count) programs are there") }
        let needed = absent.filter { $0.need == .always }
        let words = absent.map { tool in
            if case .only(let what) = tool.need { "\(tool.name) (for \(what))" } else { tool.name }
        }
        return NodeCheck(
            .tools, needed.isEmpty ? .warning : .bad, "not found: " + words.joined(separator: ", "),
            remedy: NodeTool.installation(of: absent, with: packageManager)
                + ". Or set PATH for sessions without a terminal."
        )
    }

    /// The node's own name: libvirt asks for it at every start of a guest and in every migration.
    func nameCheck() -> NodeCheck {
        let line = "127.0.1.1 \(hostname)"
        let remedy = "Add it to /etc/hosts there: \(line)"
        guard let own = names[hostname] else {
            return NodeCheck(.name, .unknown, "its own name could not be looked up", remedy: remedy)
        }
        let time = NodeSigns.seconds(own.seconds)
        if own.seconds >= NodeSigns.patience {
            return NodeCheck(
                .name, .bad,
                "it needs \(time) to resolve its own name \(hostname): each start of a guest waits for that, and migrations for a minute",
                remedy: remedy)
        }
        guard own.isFound else {
            return NodeCheck(.name, .bad, "it does not know its own name \(hostname)", remedy: remedy)
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
                "the names \(unasked.joined(separator: ", ")) could not be looked up"
                    + (failure.map { ": \($0)" } ?? ""),
                remedy: "Look them up there by hand: getent ahosts \(unasked[0])")
        }
        let slow = peers.filter { $0.value.seconds >= NodeSigns.patience }
        if !slow.isEmpty {
            let words = slow.sorted { $0.key < $1.key }.map { "\($0.key) (\(NodeSigns.seconds($0.value.seconds)))" }
            return NodeCheck(
                .peers, .bad, "resolving other nodes' names takes long: " + words.joined(separator: ", "),
                remedy: "Add them to /etc/hosts there, or repair its resolver: migrations wait for it.")
        }
        let unknown = peers.filter { !$0.value.isFound }.keys.sorted()
        guard unknown.isEmpty else {
            return NodeCheck(
                .peers, .warning, "it does not know the names " + unknown.joined(separator: ", "),
                remedy: "Add them to /etc/hosts there; until then guests travel by address.")
        }
        return NodeCheck(.peers, .good, "it resolves " + peers.keys.sorted().joined(separator: ", "))
    }

    /// Another node that guests cannot travel to.
    static func closedWay(to node: Name, _ why: String, ports: ClosedRange<Int>) -> NodeCheck {
        NodeCheck(
            .migration, .bad, "guests cannot travel to \(node): \(why)",
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
            remedy: "Let the node keep time: systemctl enable --now systemd-timesyncd, or chrony.")
    }

    /// What sshd allows; each of kvmctl's sessions to a node uses a few channels at once.
    func sessionsCheck() -> NodeCheck {
        guard let sessions = sshd["maxsessions"].flatMap({ Int($0) }) else {
            return NodeCheck(
                .sessions, .unknown, "sshd's settings cannot be read",
                remedy: "Look for yourself: sshd -T | grep -i -e maxsessions -e maxstartups")
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
                .sessions, .warning, "sshd lets only \(first) connections log in at a time (MaxStartups \(startups))",
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
                    .pools, .bad, "\(name): \(path) is not there, although libvirt has a pool over it",
                    remedy: "Mount what belongs there, or make the folder.")
            }
            guard isAsked else {
                return NodeCheck(
                    .pools, .unknown,
                    "\(name): \(path) is not there, and libvirt could not be asked whether it has a pool over it",
                    remedy: "Put libvirt right first.")
            }
            return NodeCheck(.pools, .good, "\(name): \(path) is not there yet; the first apply that needs it makes it")
        }
        if pool.shared, folder.mountPoint == "/" {
            return NodeCheck(
                .pools, .bad, "\(name): it is said to be shared, and nothing is mounted at \(path)",
                remedy: "Mount the shared file system there, or take shared: true away.")
        }
        let room = folder.available.map { Size(bytes: $0) }
        let words = room.map { "\($0.bytes >> 20)MiB free" } ?? "room unknown"
        guard (room?.bytes ?? .max) >= 1 << 30 else {
            return NodeCheck(
                .pools, .bad, "\(name): \(path) is full: \(words)", remedy: "Make room, or give the pool another path.")
        }
        let user = folder.access.user.map { ", QEMU's user \($0) may enter" } ?? ""
        return NodeCheck(.pools, .good, "\(name): \(path), \(words)\(user)")
    }

    /// Nodes that say that they are the same machine.
    static func identityCheck(machine: String, hostUUID: String?, likeMachine: [Name], likeHost: [Name]) -> NodeCheck {
        func list(_ names: [Name]) -> String { names.map(\.text).sorted().joined(separator: ", ") }
        if !likeHost.isEmpty {
            return NodeCheck(
                .identity, .bad,
                "libvirt gives it the same host UUID as \(list(likeHost)): it refuses migrations between them",
                remedy: likeMachine.isEmpty
                    ? "On one of them: set another host_uuid in /etc/libvirt/libvirtd.conf (uuidgen), and restart the daemon."
                    : "Their /etc/machine-id is the same, too. On the one that has no instances: set another host_uuid in "
                        + "/etc/libvirt/libvirtd.conf (uuidgen); \(newMachineID); then reboot it.")
        }
        if !likeMachine.isEmpty {
            return NodeCheck(
                .identity, .bad,
                "its /etc/machine-id is that of \(list(likeMachine)): they were made from one template",
                remedy: hostUUID.map {
                    "kvmctl tells them apart by libvirt's host UUID; other programs may not. On this one: write host_uuid = "
                        + "\"\($0)\" into /etc/libvirt/libvirtd.conf, by which the next apply knows it again; then "
                        + "\(newMachineID); then reboot it."
                } ?? "On the one that has no instances: \(newMachineID); then reboot it.")
        }
        guard !machine.isEmpty else {
            return NodeCheck(
                .identity, .warning, "it has no /etc/machine-id",
                remedy: "On the node: systemd-machine-id-setup. It tells one machine from another.")
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

import FoundationEssentials
import Glibc

extension LocalLab {
    /// Starts a node that is down, with the disk it has or a new one, and returns its first process.
    ///
    /// It does not wait for the daemons in it: `waitUntilReady` does.
    func launch(_ node: LabNode, subnet: LabSubnet) async throws(LabError) -> ProcessIdentity {
        let attempt = "start the node \(node.name)"
        try await prepareDisk(of: node, subnet: subnet)
        if !FileManager.default.fileExists(atPath: "/dev/net/tun") {
            _ = await HostCommand("modprobe", "tun").succeeds()
        }
        let script = paths.startScript(ofNode: node.name)
        try await HostCommand(
            "setsid", "--fork", "env", "-i", "PATH=\(HostTool.systemPath)", "LANG=C.UTF-8", "HOME=/root",
            "unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", "--mount-proc",
            "sh", script, node.name, paths.node(node.name), paths.shared, subnet.address(ofNode: node.index),
            Acceleration.ofThisMachine.rawValue, node.traits.map(\.rawValue).joined(separator: " ")
        ).launch(to: attempt)
        guard let process = await firstProcess(of: node) else {
            throw LabError(attempt, reason: "its first process ended at once\n" + startLog(of: node))
        }
        try await createCable(to: node, process: process)
        try await link(node)
        return process
    }

    /// Waits until sshd and libvirt of a node answer, at most 30 s.
    func waitUntilReady(_ node: LabNode) async throws(LabError) {
        let attempt = "start the node \(node.name)"
        let deadline = ContinuousClock.now + .seconds(30)
        while await runningGuests(on: node) == nil {
            guard node.process?.isRunning == true else {
                throw LabError(attempt, reason: "its first process ended\n" + startLog(of: node))
            }
            guard ContinuousClock.now < deadline else {
                throw LabError(
                    attempt, reason: "sshd and libvirtd do not answer there\n" + startLog(of: node),
                    remedy: "crash it and start it again: kvmctl lab kill \(node.name); kvmctl lab start \(node.name)")
            }
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw LabError(attempt, reason: "interrupted")
            }
        }
    }

    /// How many guests run on a node, asked the way kvmctl would: through ssh; nil when it does not answer.
    func runningGuests(on node: LabNode) async -> Int? {
        let arguments = [
            "ssh", "-F", paths.sshConfiguration, "-o", "BatchMode=yes", "-o", "ConnectTimeout=3", "-o",
            "ServerAliveInterval=3", "-o", "ServerAliveCountMax=2", node.name, "virsh -q -c qemu:///system list --name",
        ]
        return await HostCommand(arguments).output()?.split(separator: "\n").count
    }

    /// Ends all processes of a node and removes its cable; its disk stays.
    ///
    /// With the first process the kernel ends every other one of its namespace, and waits for them.
    func remove(_ node: LabNode) async {
        let recorded = [node.process].compactMap(\.self)
        let found = RunningNode.all().filter { $0.script == paths.startScript(ofNode: node.name) }.map(\.process)
        await endProcesses(Set(recorded + found))
        await removeLink(names.cable(toNode: node.index))
    }

    /// Kills processes and waits until they are gone, at most 20 s.
    func endProcesses(_ processes: Set<ProcessIdentity>) async {
        let deadline = ContinuousClock.now + .seconds(20)
        for process in processes where process.isRunning {
            kill(process.id, SIGKILL)
        }
        while processes.contains(where: \.isRunning), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func firstProcess(of node: LabNode) async -> ProcessIdentity? {
        let script = paths.startScript(ofNode: node.name)
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let found = RunningNode.all().first(where: { $0.script == script }) { return found.process }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private func startLog(of node: LabNode) -> String {
        let lines = (readText(paths.startLog(ofNode: node.name)) ?? "").split(separator: "\n")
        return lines.suffix(10).joined(separator: "\n")
    }
}

import Formats
import FoundationEssentials
import Glibc

extension LocalLab {
    /// Writes what people and kvmctl need to reach the nodes: keys, host keys, the configuration of ssh, variables.
    ///
    /// Keys that exist are kept.
    func prepareState(_ record: LabRecord) async throws(LabError) {
        let subnet = LabSubnet(third: record.subnet)
        try createFolder(paths.keys, mode: 0o700)
        try createFolder(paths.images, mode: 0o755)
        try createFolder(paths.shared, mode: 0o755)
        try await createKey(paths.nodeKey, comment: "kvmctl-lab")
        try await createKey(paths.guestKey, comment: "kvmctl-lab-guest")
        var hostKeys = ""
        for node in record.nodes {
            try createFolder(paths.node(node.name) + "/etc/ssh", mode: 0o755)
            let key = paths.node(node.name) + "/etc/ssh/ssh_host_ed25519_key"
            try await createKey(key, comment: node.name)
            let words = (readText(key + ".pub") ?? "").split(separator: " ").prefix(2).joined(separator: " ")
            hostKeys += "\(subnet.address(ofNode: node.index)),\(node.name) \(words)\n"
        }
        try write(hostKeys, to: paths.knownHosts)
        try write(sshConfiguration(record), to: paths.sshConfiguration)
        // For programs that take the name of an ssh command and no options, as libvirt's qemu+ssh://…?command= does.
        try write(
            "#!/bin/sh\nexec ssh -F \(ShellQuoting.singleQuoted(paths.sshConfiguration)) \"$@\"\n",
            to: paths.sshCommand, mode: 0o755
        )
        try write(variables(record), to: paths.variables)
    }

    /// What a spec of this lab needs to know, as variables: also who logs in to each node.
    private func variables(_ record: LabRecord) -> String {
        let subnet = LabSubnet(third: record.subnet)
        let users = record.nodes.map { "\($0.name)_user: \($0.user)\n" }
        return "subnet: \"\(subnet.prefix)\"\nrepo: git://\(subnet.address(ofNode: 1))/site.git\n" + users.joined()
    }

    private func sshConfiguration(_ record: LabRecord) -> String {
        let subnet = LabSubnet(third: record.subnet)
        let nodes = record.nodes.map { node in
            """
            Host \(node.name) \(subnet.address(ofNode: node.index))
                HostName \(subnet.address(ofNode: node.index))
                User \(node.user)
                IdentityFile "\(paths.nodeKey)"
                IdentitiesOnly yes
                UserKnownHostsFile "\(paths.knownHosts)"
                GlobalKnownHostsFile /dev/null
                StrictHostKeyChecking yes

            """
        }
        return nodes.joined(separator: "\n")
    }

    /// The lines that a shell evaluates to point kvmctl at this lab, as name and value.
    package func environment() throws(LabError) -> [(name: String, value: String)] {
        let record = try existingRecord(to: "print the lab's environment")
        return [
            ("KVMCTL_IDENTITY", paths.nodeKey),
            ("KVMCTL_KNOWN_HOSTS", paths.knownHosts),
            ("KVMCTL_LAB", paths.state),
            ("KVMCTL_LAB_SUBNET", LabSubnet(third: record.subnet).prefix),
            ("KVMCTL_LAB_VARS", paths.variables),
            ("KVMCTL_LAB_GUEST_KEY", paths.guestKey),
            ("KVMCTL_LAB_IMAGE", paths.guestImage),
        ]
    }

    /// Removes what a lab puts into its state folder, and the folder when nothing else is in it.
    func removeState() {
        for path in paths.everything {
            try? FileManager.default.removeItem(atPath: path)
        }
        rmdir(paths.state)
    }

    private func createKey(_ path: String, comment: String) async throws(LabError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try await HostCommand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path)
            .run(to: "make the key \(path)")
    }

    /// Makes a folder and those above it; sets its mode also when it is there already.
    func createFolder(_ path: String, mode: Int) throws(LabError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        } catch {
            throw LabError("make the folder \(path)", reason: "\(error)")
        }
    }

    /// Writes a file in place, unless it has this content already.
    ///
    /// In place, since a file replaced by another one would no longer be the one that is mounted in a running node.
    func write(_ text: String, to path: String, mode: Int = 0o644) throws(LabError) {
        do {
            if readText(path) != text { try Data(text.utf8).write(to: URL(filePath: path)) }
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        } catch {
            throw LabError("write \(path)", reason: "\(error)")
        }
    }
}

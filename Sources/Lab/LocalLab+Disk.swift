import FoundationEssentials

extension LocalLab {
    /// Makes the folders and files of a node, keeping what it wrote there itself.
    func prepareDisk(of node: LabNode, subnet: LabSubnet) async throws(LabError) {
        let root = paths.node(node.name)
        let isNew = !FileManager.default.fileExists(atPath: root + "/etc/machine-id")
        for folder in [
            "var/lib/libvirt/images", "var/lib/misc", "var/log/libvirt", "var/cache/libvirt", "var/spool", "var/empty",
            "etc/libvirt/qemu/networks", "etc/ssh/authorized_keys", "srv/shared",
        ] {
            try createFolder("\(root)/\(folder)", mode: 0o755)
        }
        try createFolder(root + "/var/lib/kvmctl", mode: 0o700)
        try createFolder(root + "/var/tmp", mode: 0o1777)
        try createFolder(root + "/root", mode: 0o700)
        for (name, target) in [("run", "/run"), ("lock", "/run/lock")] {
            try? FileManager.default.createSymbolicLink(atPath: "\(root)/var/\(name)", withDestinationPath: target)
        }

        let configuration = NodeConfiguration(node: node, subnet: subnet)
        try write(configuration.libvirtDaemon, to: root + "/etc/libvirt/libvirtd.conf")
        try write(configuration.qemu, to: root + "/etc/libvirt/qemu.conf")
        try write(configuration.sshDaemon, to: root + "/etc/ssh/sshd_config")
        try write(readText(paths.nodeKey + ".pub") ?? "", to: root + "/etc/ssh/authorized_keys/" + node.user)
        try write(configuration.hosts, to: root + "/etc/hosts")
        try write(node.name + "\n", to: root + "/etc/hostname")
        try write(node.machineID + "\n", to: root + "/etc/machine-id")
        // Empty: a name that is not in the hosts file is unknown at once.
        try write("", to: root + "/etc/resolv.conf")
        var users = NodeConfiguration.users(
            passwd: readText("/etc/passwd") ?? "", group: readText("/etc/group") ?? "",
            shadow: readText("/etc/shadow") ?? "")
        if node.has(.sudoUser) {
            users = NodeConfiguration.adding(user: node.user, to: users)
            try createFolder(root + NodeConfiguration.ordinaryHome, mode: 0o755)
            try write(configuration.sudoers, to: root + "/etc/sudoers", mode: 0o440)
        }
        try write(users.passwd, to: root + "/etc/passwd")
        try write(users.group, to: root + "/etc/group")
        try write(users.shadow, to: root + "/etc/shadow", mode: 0o640)
        try write(LabScripts.startNode, to: paths.startScript(ofNode: node.name), mode: 0o755)

        try await prepareSite(of: node)

        // A Debian node comes with this network, defined and not started; removed by somebody, it stays so.
        if isNew {
            let network = NodeConfiguration.defaultNetwork(uuid: UUID().uuidString.lowercased())
            try write(network, to: root + "/etc/libvirt/qemu/networks/default.xml", mode: 0o600)
        }
    }
}

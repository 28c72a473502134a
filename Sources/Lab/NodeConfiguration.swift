/// The configuration files of one node, as text: a value in, no file touched.
package struct NodeConfiguration: Sendable {
    private let node: LabNode
    private let subnet: LabSubnet

    package init(node: LabNode, subnet: LabSubnet) {
        self.node = node
        self.subnet = subnet
    }

    /// The user of a node to which nobody logs in as root.
    package static let ordinaryUser = "ops"

    /// Where that user lives: on the node's own disk.
    static let ordinaryHome = "/var/home/ops"

    package var libvirtDaemon: String {
        let group = node.has(.sudoUser) ? "libvirt" : "root"
        return """
            # There is no polkit in a node: the socket's mode says who reaches it.
            auth_unix_ro = "none"
            auth_unix_rw = "none"
            unix_sock_group = "\(group)"
            unix_sock_rw_perms = "\(group == "root" ? "0700" : "0770")"
            # All nodes of a lab run on one machine: without this they would share its identity, and migration be refused.
            host_uuid = "\(node.hostUUID)"
            log_outputs = "2:file:/var/log/libvirt/libvirtd.log"

            """
    }

    package var qemu: String {
        let user = node.has(.qemuUser) ? "libvirt-qemu" : "root"
        return """
            # A node has no security modules, device name spaces or control groups of its own.
            security_driver = "none"
            namespaces = []
            cgroup_controllers = []
            user = "\(user)"
            group = "\(user)"
            dynamic_ownership = 1
            # A crashed node cannot put owners back, and the marks of the earlier run would outlive it.
            remember_owner = 0
            stdio_handler = "\(node.has(.qemuUser) ? "logd" : "file")"
            migration_host = "\(subnet.address(ofNode: node.index))"

            """
    }

    package var sshDaemon: String {
        let isOrdinary = node.has(.sshLimits)
        return """
            HostKey /etc/ssh/ssh_host_ed25519_key
            AuthorizedKeysFile /etc/ssh/authorized_keys/%u
            PermitRootLogin \(node.has(.sudoUser) ? "no" : "prohibit-password")
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            UseDNS no
            # The folders above the node's files are the machine's; their modes say nothing here.
            StrictModes no
            MaxStartups \(isOrdinary ? "10:30:100" : "200")
            MaxSessions \(isOrdinary ? "10" : "200")
            Subsystem sftp internal-sftp

            """
    }

    /// Every name that a node may ask for, so that none is ever looked for elsewhere.
    ///
    /// A migration waits for each name that a resolver has to give up on.
    package var hosts: String {
        let peers = (1...LabNode.limit).map { "\(subnet.address(ofNode: $0)) \(LabNode.name($0))" }
        return (["127.0.0.1 localhost", "::1 localhost"] + peers + ["\(subnet.controller) controller", ""])
            .joined(separator: "\n")
    }

    /// The network that libvirt's packages define on a new node.
    ///
    /// With an identity in the file: libvirt would think of another one at each start of its daemon.
    package static func defaultNetwork(uuid: String) -> String {
        """
        <network>
          <name>default</name>
          <uuid>\(uuid)</uuid>
          <forward mode='nat'/>
          <bridge name='virbr0' stp='on' delay='0'/>
          <ip address='192.168.122.1' netmask='255.255.255.0'>
            <dhcp>
              <range start='192.168.122.2' end='192.168.122.254'/>
            </dhcp>
          </ip>
        </network>

        """
    }

    /// The machine's users without their passwords, and libvirt's own, which Debian's packages may not have made.
    package static func users(passwd: String, group: String, shadow: String) -> (
        passwd: String, group: String, shadow: String
    ) {
        let locked = shadow.split(separator: "\n").map { line in
            var fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 1 { fields[1] = "*" }
            return fields.joined(separator: ":") + "\n"
        }
        func has(_ name: String, in file: String) -> Bool {
            file.split(separator: "\n").contains { $0.hasPrefix(name + ":") }
        }
        let name = "libvirt-qemu"
        return (
            passwd: has(name, in: passwd)
                ? passwd : passwd + "\(name):x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin\n",
            group: has(name, in: group) ? group : group + "\(name):x:64055:\n",
            shadow: locked.joined()
        )
    }

    /// The same with the user of a node to which nobody logs in as root, who is in the group libvirt.
    package static func adding(
        user: String, to users: (passwd: String, group: String, shadow: String)
    ) -> (passwd: String, group: String, shadow: String) {
        func without(_ name: String, _ file: String) -> String {
            file.split(separator: "\n").filter { !$0.hasPrefix(name + ":") }.map { $0 + "\n" }.joined()
        }
        return (
            passwd: without(user, users.passwd) + "\(user):x:64050:64050::\(ordinaryHome):/bin/sh\n",
            group: without("libvirt", without(user, users.group)) + "\(user):x:64050:\nlibvirt:x:64051:\(user)\n",
            shadow: without(user, users.shadow) + "\(user):*:19000:0:99999:7:::\n"
        )
    }

    /// What sudo lets people do; without the sudo user, root alone.
    package var sudoers: String {
        """
        Defaults env_reset
        Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        root ALL=(ALL:ALL) ALL
        \(node.has(.sudoUser) ? "\(Self.ordinaryUser) ALL=(ALL:ALL) NOPASSWD: ALL" : "")

        """
    }
}

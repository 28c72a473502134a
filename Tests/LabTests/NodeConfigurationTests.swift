import Testing

@testable import Lab

@Suite struct NodeConfigurationTests {
    private let configuration = NodeConfiguration(
        node: LabNode(index: 2, hostUUID: "1bb96fc2-daf5-4f96-b04a-a1fed9b0308c", machineID: "b0089eb4"),
        subnet: LabSubnet(third: 1))

    @Test("libvirt knows the node by its own identity")
    func libvirtDaemon() {
        #expect(configuration.libvirtDaemon.contains("\nhost_uuid = \"1bb96fc2-daf5-4f96-b04a-a1fed9b0308c\"\n"))
    }

    @Test("QEMU has no confinement of its own and migrates to the node's address")
    func qemu() {
        let lines = configuration.qemu.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "security_driver = \"none\"", "namespaces = []", "cgroup_controllers = []", "user = \"root\"",
                "group = \"root\"", "dynamic_ownership = 1", "remember_owner = 0", "stdio_handler = \"file\"",
                "migration_host = \"10.77.1.12\"",
            ])
    }

    @Test("sshd takes the lab's key and no password")
    func sshDaemon() {
        let lines = configuration.sshDaemon.split(separator: "\n")
        #expect(lines.contains("AuthorizedKeysFile /etc/ssh/authorized_keys/%u"))
        #expect(lines.contains("PasswordAuthentication no"))
        #expect(lines.contains("KbdInteractiveAuthentication no"))
    }

    @Test("every node that there can be is known by name from the start")
    func hosts() {
        let lines = configuration.hosts.split(separator: "\n")
        #expect(lines.first == "127.0.0.1 localhost")
        #expect(lines.contains("10.77.1.11 kvm1"))
        #expect(lines.contains("10.77.1.74 kvm64"))
        #expect(lines.contains("10.77.1.1 controller"))
    }

    @Test("a node has the machine's users without their passwords")
    func users() {
        let users = NodeConfiguration.users(
            passwd: "root:x:0:0:root:/root:/bin/bash\n", group: "root:x:0:\n",
            shadow: "root:$y$secret:19000:0:99999:7:::\nops:!:19000::::::\n")
        #expect(users.shadow == "root:*:19000:0:99999:7:::\nops:*:19000::::::\n")
        #expect(users.passwd.hasPrefix("root:x:0:0:root:/root:/bin/bash\nlibvirt-qemu:x:64055:64055:"))
        #expect(users.group == "root:x:0:\nlibvirt-qemu:x:64055:\n")
    }

    @Test("a node with every trait has a user with sudo, QEMU as a user of its own, and OpenSSH's limits")
    func traits() {
        let node = LabNode(index: 1, hostUUID: "h", machineID: "m", traits: Set(NodeTrait.allCases))
        let configuration = NodeConfiguration(node: node, subnet: LabSubnet(third: 1))
        #expect(node.user == "ops")
        #expect(configuration.libvirtDaemon.contains("unix_sock_group = \"libvirt\"\nunix_sock_rw_perms = \"0770\"\n"))
        #expect(
            configuration.qemu.contains("\nuser = \"libvirt-qemu\"\ngroup = \"libvirt-qemu\"\ndynamic_ownership = 1\n"))
        #expect(configuration.qemu.contains("\nstdio_handler = \"logd\"\n"))
        #expect(configuration.sshDaemon.contains("\nPermitRootLogin no\n"))
        #expect(configuration.sshDaemon.contains("\nMaxStartups 10:30:100\nMaxSessions 10\n"))
        #expect(configuration.sudoers.contains("\nops ALL=(ALL:ALL) NOPASSWD: ALL\n"))
        let users = NodeConfiguration.adding(
            user: "ops",
            to: (
                passwd: "root:x:0:0:root:/root:/bin/bash\nops:x:1000:1000::/home/ops:/bin/bash\n",
                group: "root:x:0:\nlibvirt:x:117:somebody\n", shadow: "root:*:19000:0:99999:7:::\n"
            ))
        #expect(users.passwd.hasSuffix("\nops:x:64050:64050::/var/home/ops:/bin/sh\n"))
        #expect(users.group == "root:x:0:\nops:x:64050:\nlibvirt:x:64051:ops\n")
        #expect(users.shadow == "root:*:19000:0:99999:7:::\nops:*:19000:0:99999:7:::\n")
    }

    @Test("libvirt's own user is not made twice")
    func existingUser() {
        let passwd = "libvirt-qemu:x:64055:108::/var/lib/libvirt:/usr/sbin/nologin\n"
        let group = "libvirt-qemu:x:64055:\n"
        let users = NodeConfiguration.users(passwd: passwd, group: group, shadow: "")
        #expect(users.passwd == passwd)
        #expect(users.group == group)
    }
}

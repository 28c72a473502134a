extension DriftCase {
    /// A shell command with the name of an overlay's port in `$port`.
    private static func port(_ vni: Int, _ command: String) -> String {
        """
        port=$(ip -o -d link show type vxlan | grep "vxlan id \(vni) " | cut -d: -f2 | tr -d " "); \(command)
        """
    }

    /// A shell command with the name of a network's bridge in `$bridge`.
    private static func bridge(_ network: String, _ command: String) -> String {
        """
        bridge=$(virsh -q net-dumpxml \(network) | sed -n "s/.*<bridge name='\\([^']*\\)'.*/\\1/p"); \(command)
        """
    }

    private static func network(_ network: String, _ expression: String) -> String {
        "virsh -q net-dumpxml --inactive \(network) > /tmp/edit.xml && sed -i -E \"\(expression)\" /tmp/edit.xml && virsh -q net-define /tmp/edit.xml"
    }

    private static func box(_ expression: String) -> String { redefine("edits.box", expression) }

    /// Edits of what connects, filters, keeps and shows guests: `edits.held` has a firewall and runs, `edits.box` is stopped.
    static let links: [DriftCase] = [
        DriftCase(
            "a peer forgotten", port(90, "bridge fdb del 00:00:00:00:00:00 dev $port dst $PEER"), .repaired("overlay")),
        DriftCase(
            "a stranger among the peers", port(90, "bridge fdb append 00:00:00:00:00:00 dev $port dst 192.0.2.99"),
            .repaired("overlay")),
        DriftCase("an overlay's port down", port(90, "ip link set $port down"), .repaired("overlay")),
        DriftCase("an overlay's port deleted", port(91, "ip link delete $port"), .repaired("overlay")),
        DriftCase("an overlay's port unplugged", port(91, "ip link set $port nomaster"), .repaired("overlay")),
        DriftCase("an overlay's largest packet", port(91, "ip link set $port mtu 1300"), .repaired("overlay")),
        DriftCase(
            "an overlay with another number",
            port(
                91,
                "ip link delete $port && ip link add $port type vxlan id 93 dstport 4789 && ip link set $port up"),
            .repaired("overlay")),
        DriftCase(
            "an overlay's filter emptied",
            "for table in $(nft list tables | grep -o \"kx[0-9a-f]*\"); do nft flush table bridge $table; done",
            .repaired("overlay")),
        DriftCase(
            "an overlay's filter deleted",
            "for table in $(nft list tables | grep -o \"kx[0-9a-f]*\"); do nft delete table bridge $table; done",
            .repaired("overlay")),
        DriftCase("an overlay's record deleted", "rm /run/kvmctl/overlays/*", .repaired("overlay")),
        DriftCase("the networks' hook deleted", "rm /etc/libvirt/hooks/network.d/kvmctl", .repaired("overlay hook")),
        DriftCase(
            "the networks' hook edited", "echo exit 0 >>/etc/libvirt/hooks/network.d/kvmctl",
            .repaired("overlay hook")),
        DriftCase(
            "the networks' hook without its right", "chmod -x /etc/libvirt/hooks/network.d/kvmctl",
            .repaired("overlay hook")),
        DriftCase("an overlay stopped", "virsh -q net-destroy edits.plain", .repaired("start")),
        DriftCase(
            "an overlay's autostart", "virsh -q net-autostart --disable edits.plain", .repaired("autostart")),
        DriftCase("an overlay undefined", "virsh -q net-undefine edits.plain", .repaired("definition")),
        DriftCase(
            "an overlay's definition", network("edits.plain", "s/mtu size='1450'/mtu size='9000'/"), .repaired("mtu")),
        DriftCase("a routed network hidden", network("edits.way", "s/mode='route'/mode='nat'/"), .repaired("mode")),
        DriftCase("the firewalls deleted", "nft delete table bridge kvmctl", .repaired("firewall")),
        DriftCase("the firewalls' map emptied", "nft flush map bridge kvmctl arriving", .repaired("firewall")),
        DriftCase("a rule for everybody", "nft insert rule bridge kvmctl arriving accept", .repaired("firewall")),
        DriftCase("a rule for whatever leaves", "nft insert rule bridge kvmctl leaving accept", .repaired("firewall")),
        DriftCase(
            "the firewalls' hook deleted", "rm /etc/libvirt/hooks/qemu.d/kvmctl", .repaired("firewall hook")),
        DriftCase(
            "the firewalls' hook edited", "echo exit 0 >>/etc/libvirt/hooks/qemu.d/kvmctl", .repaired("firewall hook")),
        DriftCase(
            "the firewalls' hook without its right", "chmod -x /etc/libvirt/hooks/qemu.d/kvmctl",
            .repaired("firewall hook")),
        DriftCase("a kept firewall edited", "sed -i s/8080/80/ /var/lib/kvmctl/.firewall/*", .changed("firewall")),
        DriftCase("a kept firewall deleted", "rm /var/lib/kvmctl/.firewall/*", .changed("firewall")),
        DriftCase(
            "a table of somebody else", "nft add table inet mine", .nothing, undo: "nft delete table inet mine"),
        DriftCase("a pool's autostart", "virsh -q pool-autostart --disable vm", .repaired("autostart")),
        DriftCase(
            "a pool unmounted", "umount -l /srv/edits-vm", .unknown("may not be mounted"),
            undo: "mount /dev/edits-vm /srv/edits-vm"),
        DriftCase("a TPM taken out", box("/<tpm/,/<\\/tpm>/d"), .repaired("hardware.tpm")),
        DriftCase(
            "the firmware",
            box("/<loader/d; /<nvram/d; /<firmware/,/<\\/firmware>/d; s/<os firmware='efi'>/<os>/"),
            .repaired("hardware.firmware")),
        DriftCase("the machine", box("s/pc-q35-7.2/pc-q35-7.1/"), .changed("hardware.machine")),
        DriftCase("the CPU", box("s/cpu mode='host-model'/cpu mode='host-passthrough'/"), .repaired("hardware.cpu")),
        DriftCase("randomness taken out", box("/<rng/,/<\\/rng>/d"), .repaired("hardware.rng")),
        DriftCase(
            "a screen for everybody",
            box(
                "/<graphics/,/<\\/graphics>/d; s,</devices>,<graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0'/></devices>,"
            ), .repaired("hardware.graphics")),
        DriftCase("a disk's way of reading", box("s/io='threads'/io='native'/"), .repaired("disks.data.io")),
        DriftCase(
            "a disk's freed space", box("s/discard='unmap'/discard='ignore'/g"), .repaired("disks.data.discard")),
        DriftCase(
            "a disk that is only read",
            box("s,<target dev='sda' bus='scsi'/>,<target dev='sda' bus='scsi'/><readonly/>,"),
            .repaired("disks.data.readonly")),
        DriftCase(
            "a CD in the drive",
            "qemu-img create -q -f raw /tmp/left.iso 1M && "
                + "virsh -q attach-disk edits.box /tmp/left.iso sdz --type cdrom --targetbus sata --config",
            .notice("a disk /tmp/left.iso"),
            undo: "virsh -q detach-disk edits.box sdz --config; rm /tmp/left.iso"),
        DriftCase("a cable pulled", cable(of: "box", "--config"), .repaired("nics.eth0.link")),
        DriftCase("a running guest's cable pulled", cable(of: "held"), .repaired("nics.eth0.link")),
        DriftCase(
            "a tap out of its bridge",
            "tap=$(virsh -q domiflist edits.held | awk '$3 == \"br0\" { print $1 }'); ip link set $tap nomaster",
            .repaired("nics.eth2.link")),
        DriftCase(
            "a tap out of its overlay",
            "tap=$(virsh -q domiflist edits.held | awk 'NR == 1 { print $1 }'); ip link set $tap nomaster",
            .repaired("link of held")),
    ]

    private static func cable(of guest: String, _ options: String = "") -> String {
        "virsh -q domif-setlink edits.\(guest) $(virsh -q domiflist edits.\(guest) | head -n1 | grep -o \"52:[0-9a-f:]*\") down \(options)"
    }
}

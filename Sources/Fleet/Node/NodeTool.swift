/// A program that kvmctl runs on nodes, and where it comes from: the one table of them.
package struct NodeTool: Sendable, Hashable {
    /// How much is lost without it.
    package enum Need: Sendable, Hashable {
        /// Nothing works without it.
        case always
        /// Only this does not work without it.
        case only(String)
    }

    package var name: String
    /// The package on Debian and Ubuntu.
    package var debian: String
    /// The package on the Fedora, CentOS and Rocky family.
    package var fedora: String
    package var need: Need

    init(_ name: String, _ debian: String, _ fedora: String? = nil, _ need: Need = .always) {
        self.name = name
        self.debian = debian
        self.fedora = fedora ?? debian
        self.need = need
    }

    /// All of them, those without which nothing works first.
    package static let all: [NodeTool] = [
        NodeTool("flock", "util-linux"), NodeTool("timeout", "coreutils"), NodeTool("stat", "coreutils"),
        NodeTool("head", "coreutils"), NodeTool("mv", "coreutils"), NodeTool("sync", "coreutils"),
        NodeTool("od", "coreutils"), NodeTool("tee", "coreutils"), NodeTool("sha256sum", "coreutils"),
        NodeTool("find", "findutils"), NodeTool("grep", "grep"), NodeTool("sed", "sed"),
        NodeTool("qemu-img", "qemu-utils", "qemu-img"), NodeTool("ip", "iproute2", "iproute"),
        NodeTool("dnsmasq", "dnsmasq-base", "dnsmasq", .only("networks of mode nat or isolated")),
        NodeTool("iptables", "iptables", "iptables-nft", .only("networks of mode nat")),
        NodeTool("virsh", "libvirt-clients", "libvirt-client", .only("kvmctl console and snapshots of what runs")),
        NodeTool("curl", "curl", nil, .only("images by address and asking websites (wget does, too)")),
        NodeTool("git", "git", nil, .only("websites whose repository the node fetches itself")),
        NodeTool("setpriv", "util-linux", nil, .only("looking what QEMU's user may open")),
    ]
}
